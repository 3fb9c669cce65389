//! `GET /api/v1/budget-changes`: who made, changed and deleted budgets, newest first.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use model::budget::rulebook::Change;
use serde::Serialize;

use crate::api::Api;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// Lines per answer: people write them, one at a time.
const CHANGES_MAX: i64 = 1_000;

#[derive(Serialize)]
pub struct Answer {
    changes: Vec<ChangeLine>,
    /// There are older ones.
    more: bool,
}

/// A line of the history.
#[derive(Serialize)]
pub struct ChangeLine {
    at: DateTime<Utc>,
    by: String,
    note: String,
    /// `made`, `changed` or `deleted`.
    action: &'static str,
    /// What the budget was addressed by, before a change of its name.
    budget: String,
    name: String,
    /// What it said before, in words; null when it was made.
    before: Option<String>,
    /// What it says since; null when it was deleted.
    after: Option<String>,
}

impl From<Change> for ChangeLine {
    fn from(change: Change) -> Self {
        let given = |words: String| Some(words).filter(|words| !words.is_empty());
        Self {
            at: change.at,
            by: change.by,
            note: change.note,
            action: change.action.as_str(),
            budget: change.slug,
            name: change.name,
            before: given(change.before),
            after: given(change.after),
        }
    }
}

/// The history, of all budgets or of the one addressed as `budget`.
pub async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["budget"])?;
    let db = api.pools.readers.get();
    let mut changes = store::budgets::kept::history(&db, parameters.get("budget"), CHANGES_MAX + 1).await?;
    let more = changes.len() as i64 > CHANGES_MAX;
    changes.truncate(CHANGES_MAX as usize);
    Ok(Json(Answer { changes: changes.into_iter().map(ChangeLine::from).collect(), more }))
}
