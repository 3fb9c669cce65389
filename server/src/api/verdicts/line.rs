//! An override and a run as the API shows them.

use chrono::{DateTime, Utc};
use model::ruling::{Again, Override};
use serde::Serialize;

#[derive(Serialize)]
pub struct OverrideLine {
    id: i64,
    service: Option<String>,
    scope: Option<String>,
    operation: Option<String>,
    /// `own`, `rolled_up` or `default`.
    ruling: &'static str,
    note: String,
    added_by: String,
    added_at: DateTime<Utc>,
    /// Null while it is in force.
    deleted_by: Option<String>,
    deleted_at: Option<DateTime<Utc>>,
}

impl From<Override> for OverrideLine {
    fn from(one: Override) -> Self {
        let (deleted_by, deleted_at) = one.deleted.unzip();
        Self {
            id: one.id,
            service: one.about.service,
            scope: one.about.scope,
            operation: one.about.operation,
            ruling: one.ruling.as_str(),
            note: one.note,
            added_by: one.by,
            added_at: one.at,
            deleted_by,
            deleted_at,
        }
    }
}

/// Traces that are settled again because of an override.
#[derive(Serialize)]
pub struct RunLine {
    id: i64,
    service: Option<String>,
    scope: Option<String>,
    operation: Option<String>,
    from: DateTime<Utc>,
    asked_by: String,
    asked_at: DateTime<Utc>,
    /// Null until they are counted.
    trace_count: Option<i64>,
    looked_count: i64,
    /// Traces that are on the finaliser's list again: those that have spans the override may be about.
    put_count: i64,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Again> for RunLine {
    fn from(run: Again) -> Self {
        Self {
            id: run.id,
            service: run.about.service,
            scope: run.about.scope,
            operation: run.about.operation,
            from: run.from,
            asked_by: run.by,
            asked_at: run.at,
            trace_count: run.traces,
            looked_count: run.looked,
            put_count: run.put,
            finished_at: run.finished_at,
        }
    }
}
