//! `GET /api/v1/alerts`: firing, then held, then pending, then resolved; newest first within each.

use axum::Json;
use axum::extract::State;
use model::alert::{Counts, State as AlertState};
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
    /// There are more than `limit` in this state.
    more: bool,
    counts: Counts,
}

/// The alerts, of one state or of all.
pub async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["state", "limit"])?;
    let state = parameters.get("state").map(state).transpose()?;
    let limit = parameters.get("limit").map_or(Ok(ALERTS_BY_DEFAULT), limit)?;
    // One more than asked for tells whether there are more.
    let mut alerts = store::alerts::list(&api.pools.readers.get(), state, limit + 1).await?;
    let more = alerts.len() as i64 > limit;
    alerts.truncate(usize::try_from(limit).unwrap_or_default());
    let evidence: Vec<_> = alerts.iter().flat_map(|alert| alert.observation.evidence.iter().copied()).collect();
    let called = store::spaces::called(&api.pools.readers.get(), &evidence).await?;
    let counts = store::alerts::counts(&api.pools.readers.get(), (api.now)()).await?;
    let alerts = alerts.into_iter().map(|alert| AlertLine::new(alert, &called)).collect();
    Ok(Json(Answer { alerts, more, counts }))
}

fn state(text: &str) -> Result<AlertState, Problem> {
    AlertState::ALL.iter().copied().find(|state| state.as_str() == text).ok_or_else(|| {
        Problem::bad_request(format!(
            "`state`: expected pending, firing, acknowledged, snoozed or resolved, got `{text}`"
        ))
    })
}

fn limit(text: &str) -> Result<i64, Problem> {
    text.parse()
        .ok()
        .filter(|limit| (1..=ALERTS_MAX).contains(limit))
        .ok_or_else(|| Problem::bad_request(format!("`limit`: expected a number from 1 to {ALERTS_MAX}, got `{text}`")))
}
