//! What the alerts page asks of the server.

use chrono::{DateTime, Utc};
use model::alert::{Alert, HistoryEntry, State};
use model::time::TimeRange;
use model::trace::TraceSummary;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// Every alert worth listing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertList {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// Firing, then held, then resolved within a day; newest first within each.
    pub alerts: Vec<Alert>,
}

impl AlertList {
    /// The alerts in one of `states`.
    pub fn of<'a>(&'a self, states: &'a [State]) -> impl Iterator<Item = &'a Alert> {
        self.alerts.iter().filter(|alert| states.contains(&alert.state))
    }
}

/// The alerts that are open, or were until a day ago.
pub async fn load_alerts() -> Result<AlertList, ApiError> {
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    Ok(AlertList { now, alerts: listed(&db, now).await? })
}

async fn listed(db: &store::Db, now: DateTime<Utc>) -> Result<Vec<Alert>, ApiError> {
    /// A list longer than this is not read but filtered, and one rule has at most one open alert.
    const ALERTS_MAX: i64 = 200;
    let mut alerts = store::alerts::list(db, None, ALERTS_MAX).await?;
    let day_ago = now - chrono::TimeDelta::days(1);
    alerts.retain(|alert| alert.resolved_at.is_none_or(|at| at > day_ago));
    Ok(alerts)
}

/// One alert with everything that explains it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The alert.
    pub alert: Alert,
    /// What happened to it, newest first.
    pub history: Vec<HistoryEntry>,
    /// What the chart spans.
    pub range: TimeRange,
    /// The figure of its rule over that range.
    pub series: Vec<(DateTime<Utc>, Option<f64>)>,
    /// Traces that caused it, dearest first, as far as they are still kept.
    pub evidence: Vec<TraceSummary>,
    /// The name this browser used last, for the form.
    pub who: String,
}

/// One alert; without an id, the first of the list, if there is any.
pub async fn load_alert(id: Option<i64>) -> Result<Option<Detail>, ApiError> {
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let alert = match id {
        Some(id) => store::alerts::get(&db, id).await?.ok_or_else(|| ApiError::NotFound("alert".into())).map(Some)?,
        None => listed(&db, now).await?.into_iter().next(),
    };
    let Some(alert) = alert else { return Ok(None) };
    let history = store::alerts::history(&db, alert.id).await?;
    let range = super::chart::range_of(&alert, now);
    let series = match super::words::query(&alert) {
        Some(query) => {
            store::alerts::series(&db, &query, range, crate::url_state::bucket_seconds(range.seconds())).await?
        }
        None => Vec::new(),
    };
    let evidence = store::traces::dearest_of(&db, &alert.observation.evidence, EVIDENCE_SHOWN_MAX).await?;
    let who = crate::context::cookie(crate::context::WHO_COOKIE).unwrap_or_default();
    Ok(Some(Detail { now, alert, history, range, series, evidence, who }))
}

/// Evidence traces shown: enough to see the pattern; the list of traces has the others.
const EVIDENCE_SHOWN_MAX: i64 = 12;
