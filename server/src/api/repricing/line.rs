//! A run as the API shows it.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::repricing::{Application, Change, Line, Run};
use model::usd::json;
use serde::Serialize;

#[derive(Serialize)]
pub struct RunLine {
    id: i64,
    /// `looking`, `ready`, `applying`, `applied`, `replaced` or `failed`.
    state: &'static str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    tenant: Option<String>,
    model: Option<String>,
    /// Which prices: all that were in force.
    revision: String,
    /// Spans that came later are no part of it.
    started_at: DateTime<Utc>,
    /// When all calls had been looked at.
    looked_at: Option<DateTime<Utc>>,
    progress: Progress,
    /// Calls to be changed, those whose cost is counted elsewhere included.
    changes: i64,
    /// Why it failed.
    problem: Option<String>,
    #[serde(flatten)]
    total: ChangeLine,
    application: Option<ApplicationLine>,
}

/// Calls the job has been through, of how many; `null` until they are counted.
#[derive(Serialize)]
struct Progress {
    calls: i64,
    of: Option<i64>,
}

#[derive(Serialize)]
struct ApplicationLine {
    by: String,
    note: String,
    at: DateTime<Utc>,
    /// When the last call was changed.
    finished_at: Option<DateTime<Utc>>,
    applied_calls: i64,
    /// Calls that had changed since they were looked at, or were gone: they stay as they are.
    skipped_calls: i64,
    /// What it added to the books.
    #[serde(serialize_with = "json::total")]
    moved_usd: UsdSum,
}

/// What calls cost before and after, as far as it counts.
#[derive(Serialize)]
struct ChangeLine {
    calls: i64,
    changed_calls: i64,
    unpriced_calls_before: i64,
    unpriced_calls_after: i64,
    #[serde(serialize_with = "json::total")]
    before_usd: UsdSum,
    #[serde(serialize_with = "json::total")]
    after_usd: UsdSum,
    #[serde(serialize_with = "json::total")]
    difference_usd: UsdSum,
}

/// A tenant and a model.
#[derive(Serialize)]
pub struct OwnerLine {
    /// `None` is unattributed.
    tenant: Option<String>,
    provider: Option<String>,
    model: String,
    #[serde(flatten)]
    change: ChangeLine,
    applied_calls: i64,
    #[serde(serialize_with = "json::total")]
    moved_usd: UsdSum,
}

impl From<Change> for ChangeLine {
    fn from(change: Change) -> Self {
        Self {
            calls: change.calls,
            changed_calls: change.changed,
            unpriced_calls_before: change.unpriced_before,
            unpriced_calls_after: change.unpriced_after,
            before_usd: change.before,
            after_usd: change.after,
            difference_usd: change.difference(),
        }
    }
}

impl From<Line> for OwnerLine {
    fn from(line: Line) -> Self {
        let Line { tenant, provider, model, change } = line;
        Self { tenant, provider, model, applied_calls: change.applied, moved_usd: change.moved, change: change.into() }
    }
}

impl From<Run> for RunLine {
    fn from(run: Run) -> Self {
        let (calls, of) = run.progress();
        let moved_usd = run.total.moved;
        let application = run.application.map(|application| {
            let Application { by, note, at, finished_at, applied, skipped } = application;
            ApplicationLine { by, note, at, finished_at, applied_calls: applied, skipped_calls: skipped, moved_usd }
        });
        Self {
            id: run.id,
            state: run.state.as_str(),
            from: run.scope.range.from,
            to: run.scope.range.to,
            tenant: run.scope.tenant,
            model: run.scope.model,
            revision: run.revision,
            started_at: run.started_at,
            looked_at: run.looked_at,
            progress: Progress { calls, of },
            changes: run.changes,
            problem: run.problem,
            total: run.total.into(),
            application,
        }
    }
}
