//! `GET /api/v1/alerts`: firing, then held, then pending, then resolved; the most severe first within each, the newest first of those.

use axum::Json;
use axum::extract::State;
use chrono::DateTime;
use model::alert::Counts;
use model::alert::wanted::Wanted;
use serde::Serialize;

use super::line::AlertLine;
use crate::api::Api;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// Alerts per answer, at most: each is about 3 kB with its evidence.
const ALERTS_MAX: i64 = 500;

const ALERTS_BY_DEFAULT: i64 = 100;

#[derive(Serialize)]
pub struct Answer {
    alerts: Vec<AlertLine>,
    /// There are more than `limit`.
    more: bool,
    counts: Counts,
}

/// The alerts: all, or those of one `state` or `severity`, or with the words of `q` in their rule and labels.
pub async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["q", "severity", "state", "limit"])?;
    let given = |name| parameters.get(name).unwrap_or_default();
    let wanted = Wanted::read(given("q"), given("severity"), given("state")).map_err(Problem::bad_request)?;
    let limit = parameters.get("limit").map_or(Ok(ALERTS_BY_DEFAULT), limit)?;
    let db = api.pools.readers.get();
    let found = store::alerts::find(&db, &wanted, DateTime::UNIX_EPOCH, limit).await?;
    let more = found.counts.iter().map(|(_, count)| count).sum::<i64>() > limit;
    let mut alerts = found.alerts;
    alerts.truncate(usize::try_from(limit).unwrap_or_default());
    let evidence: Vec<_> = alerts.iter().flat_map(|alert| alert.observation.evidence.iter().copied()).collect();
    let called = store::spaces::called(&db, &evidence).await?;
    let counts = store::alerts::counts(&db, (api.now)()).await?;
    let alerts = alerts.into_iter().map(|alert| AlertLine::new(alert, &called)).collect();
    Ok(Json(Answer { alerts, more, counts }))
}

fn limit(text: &str) -> Result<i64, Problem> {
    text.parse()
        .ok()
        .filter(|limit| (1..=ALERTS_MAX).contains(limit))
        .ok_or_else(|| Problem::bad_request(format!("`limit`: expected a number from 1 to {ALERTS_MAX}, got `{text}`")))
}
