//! `GET /api/v1/prices/repricing`: every time calls were priced again, the newest first.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::line::RunLine;
use crate::api::Api;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// Runs of an answer: people price again a few times a year.
const RUNS_MAX: usize = 100;

#[derive(Serialize)]
pub struct Answer {
    runs: Vec<RunLine>,
    /// Whether there are older ones.
    more: bool,
}

/// The runs.
pub async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&[])?;
    // One more than is answered tells whether there are more.
    let mut runs = store::repricing::list(&api.pools.readers.get(), RUNS_MAX as i64 + 1).await?;
    let more = runs.len() > RUNS_MAX;
    runs.truncate(RUNS_MAX);
    Ok(Json(Answer { runs: runs.into_iter().map(RunLine::from).collect(), more }))
}
