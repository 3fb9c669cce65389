//! `GET /api/v1/prices/repricing/{id}`: how far a run is, and what it changes by tenant and model.

use axum::Json;
use axum::extract::State;
use model::repricing::State as RunState;
use serde::Serialize;
use store::spans::model_calls::{self, Search};

use super::line::{OwnerLine, RunLine};
use crate::api::Api;
use crate::api::id::RepricingId;
use crate::api::problem::Problem;

/// Lines of an answer; the totals are of all of them.
const LINES_MAX: usize = 500;

/// Calls that came later are counted up to here: more is many.
const LATER_MAX: i64 = 10_000;

#[derive(Serialize)]
pub struct Answer {
    #[serde(flatten)]
    run: RunLine,
    /// The largest difference first.
    lines: Vec<OwnerLine>,
    /// Whether there are more lines.
    more: bool,
    /// Calls in the range that came after it was asked for, and are no part of it; `null` unless it can be applied.
    later_calls: Option<i64>,
}

/// A run.
pub async fn show(State(api): State<Api>, id: RepricingId) -> Result<Json<Answer>, Problem> {
    answer(&api, id).await
}

/// Also what starting and applying answer with.
pub async fn answer(api: &Api, id: RepricingId) -> Result<Json<Answer>, Problem> {
    let db = &api.pools.readers.get();
    let run = store::repricing::get(db, id.0).await?.ok_or_else(|| id.not_found())?;
    // One more than is answered tells whether there are more.
    let mut lines = store::repricing::lines(db, id.0, LINES_MAX as i64 + 1).await?;
    let more = lines.len() > LINES_MAX;
    lines.truncate(LINES_MAX);
    let later_calls = if run.state == RunState::Ready {
        let search = Search { scope: &run.scope, received_by: run.started_at };
        Some(model_calls::count_later(db, search, LATER_MAX).await?)
    } else {
        None
    };
    let lines = lines.into_iter().map(OwnerLine::from).collect();
    Ok(Json(Answer { run: run.into(), lines, more, later_calls }))
}
