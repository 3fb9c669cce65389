//! `GET /api/v1/bills`: the imports, newest first, also those that were taken out again.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use model::UsdSum;
use model::bill::Import;
use model::usd::json;
use serde::Serialize;

use crate::api::Api;
use crate::api::problem::Problem;

#[derive(Serialize)]
pub struct Answer {
    imports: Vec<ImportLine>,
}

/// An import as the API shows it.
#[derive(Serialize)]
pub struct ImportLine {
    id: i64,
    name: String,
    sha256: String,
    by: String,
    at: DateTime<Utc>,
    lines_read: i64,
    lines_kept: i64,
    #[serde(serialize_with = "json::total")]
    amount_usd: UsdSum,
    providers: Vec<String>,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    /// Days of a provider on it for which a later bill counts.
    replaced_days: i64,
    /// What was read into the file.
    notes: Vec<String>,
    /// What was not kept and why, the first of it.
    refusals: Vec<String>,
    deleted_by: Option<String>,
    deleted_at: Option<DateTime<Utc>>,
    /// The same file was kept before, and nothing was replaced.
    known_already: bool,
}

impl ImportLine {
    /// Of an import, and whether it is an earlier one of the same file.
    pub fn of(import: &Import, known_already: bool) -> Self {
        let import = import.clone();
        Self {
            id: import.id,
            name: import.name,
            sha256: import.sha256,
            by: import.by,
            at: import.at,
            lines_read: import.lines_read,
            lines_kept: import.lines_kept,
            amount_usd: import.amount,
            providers: import.providers,
            first_day: import.days.map(|(first, _)| first),
            last_day: import.days.map(|(_, last)| last),
            replaced_days: import.replaced_days,
            notes: import.notes,
            refusals: import.refusals.iter().map(ToString::to_string).collect(),
            deleted_by: import.deleted.as_ref().map(|(by, _)| by.clone()),
            deleted_at: import.deleted.map(|(_, at)| at),
            known_already,
        }
    }
}

/// The imports.
pub async fn list(State(api): State<Api>) -> Result<Json<Answer>, Problem> {
    let imports = store::bills::imports(&api.pools.readers.get(), None).await?;
    Ok(Json(Answer { imports: imports.iter().map(|import| ImportLine::of(import, false)).collect() }))
}
