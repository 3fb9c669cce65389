//! What is answered about rules and budgets that people and programs keep here, when a change of them cannot stand.

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use model::budget::draft::Mistake;
use serde_json::json;

use super::problem::Problem;

/// 422: the first mistake in words, and all of them for programs.
pub fn refused(mistakes: &[Mistake]) -> Problem {
    let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, first).with("errors", json!(mistakes))
}

/// 409: somebody else has changed it since it was seen.
pub fn newer(by: &str, at: DateTime<Utc>, version: i64) -> Problem {
    let words = format!("{by} changed it at {}; look again", at.format("%H:%M:%S UTC"));
    Problem::conflict(words).with("by", json!(by)).with("version", json!(version))
}
