//! `GET /api/v1/verdicts`: overrides in force, those that were taken away, and what was settled again because of them.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::line::{OverrideLine, RunLine};
use crate::api::Api;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// Overrides of an answer: all there may be in force, and as many that were taken away last.
const OVERRIDES_SHOWN_MAX: i64 = 2 * model::ruling::OVERRIDES_MAX as i64;

/// Runs of an answer.
const RUNS_MAX: i64 = 20;

#[derive(Serialize)]
pub struct Answer {
    /// Those in force first, then those that were taken away last.
    overrides: Vec<OverrideLine>,
    /// The newest first.
    runs: Vec<RunLine>,
    /// Traces that wait for the finaliser, whatever brought them there.
    waiting_trace_count: i64,
}

/// All of it.
pub async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&[])?;
    let db = api.pools.readers.get();
    let overrides = store::overrides::list(&db, OVERRIDES_SHOWN_MAX).await?;
    let runs = store::overrides::again::list(&db, RUNS_MAX).await?;
    Ok(Json(Answer {
        overrides: overrides.into_iter().map(OverrideLine::from).collect(),
        runs: runs.into_iter().map(RunLine::from).collect(),
        waiting_trace_count: store::overrides::again::waiting(&db).await?,
    }))
}
