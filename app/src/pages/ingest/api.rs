//! What the page asks of the server. What the process counts is always there; what was refused needs the database.

use chrono::{DateTime, Utc};
use model::health::Endpoints;
use model::ingest::IngestReport;
use model::rejected::{Filter, Line, Sum};
use serde::{Deserialize, Serialize};

use crate::context;
use crate::error::ApiError;

/// Lines of one page: what was wrong is clear from the first few, and the page is asked for again while it is open.
const LINES_MAX: i64 = 25;

/// What this server counted since it started, and where it listens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// The counters.
    pub report: IngestReport,
    /// The doors.
    pub endpoints: Endpoints,
}

/// What this server counted.
pub async fn load_report() -> Result<Counted, ApiError> {
    let services = context::services()?;
    Ok(Counted { report: (services.ingest_report)(), endpoints: services.endpoints })
}

/// What was refused lately, by class, most first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recent {
    /// In the last [`model::ingest::RECENT_MINUTES`].
    pub just_now: Vec<Sum>,
    /// In the last 24 hours.
    pub day: Vec<Sum>,
}

/// What was refused lately.
pub async fn load_recent() -> Result<Recent, ApiError> {
    use chrono::TimeDelta;
    use model::ingest::RECENT_MINUTES;
    let (db, now) = (context::db()?, context::now()?);
    let just_now = store::rejected::sums(&db, now - TimeDelta::minutes(RECENT_MINUTES)).await?;
    let day = store::rejected::sums(&db, now - TimeDelta::hours(24)).await?;
    Ok(Recent { just_now, day })
}

/// A page of what was refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Refused {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// Newest first.
    pub lines: Vec<Line>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<i64>,
}

/// A page of what was refused.
pub async fn load_refused(filter: Filter) -> Result<Refused, ApiError> {
    let (db, now) = (context::db()?, context::now()?);
    // One more than the page holds tells whether there is another.
    let mut lines = store::rejected::list(&db, &filter, LINES_MAX + 1).await?;
    let has_more = lines.len() as i64 > LINES_MAX;
    lines.truncate(usize::try_from(LINES_MAX).unwrap_or_default());
    let next = lines.last().filter(|_| has_more).map(|line| line.id);
    Ok(Refused { now, lines, next })
}
