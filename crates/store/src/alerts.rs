//! Alerts and what their rules observe.

use chrono::{DateTime, Utc};
use model::alert::query::Query;
use model::alert::{Alert, Counts, HistoryEntry, Observation, State};
use model::time::TimeRange;
use sqlx::PgPool;

use crate::StoreError;

/// What `query` finds among traces and spans that arrived in `window` (by the server's clock). Spans that were older
/// than an hour when they arrived are imported history and are left out: a backfill wakes nobody.
pub async fn observe(_db: &PgPool, _query: &Query, _window: TimeRange) -> Result<Observation, StoreError> {
    unimplemented!()
}

/// The figure of `query` over time, one value per `step_seconds`, for the chart: the highest single figure for queries
/// about traces, the count for queries about spans. `None` where nothing arrived.
pub async fn series(
    _db: &PgPool,
    _query: &Query,
    _range: TimeRange,
    _step_seconds: i64,
) -> Result<Vec<(DateTime<Utc>, Option<f64>)>, StoreError> {
    unimplemented!()
}

/// Alerts in `state`, or in all states: firing, then held, then resolved; newest first within each.
pub async fn list(_db: &PgPool, _state: Option<State>, _limit: i64) -> Result<Vec<Alert>, StoreError> {
    unimplemented!()
}

/// One alert.
pub async fn get(_db: &PgPool, _id: i64) -> Result<Option<Alert>, StoreError> {
    unimplemented!()
}

/// The open (not resolved) alert of a rule; there is at most one.
pub async fn open_of_rule(_db: &PgPool, _rule: &str) -> Result<Option<Alert>, StoreError> {
    unimplemented!()
}

/// What happened to an alert, newest first.
pub async fn history(_db: &PgPool, _id: i64) -> Result<Vec<HistoryEntry>, StoreError> {
    unimplemented!()
}

/// How many alerts are in each state.
pub async fn counts(_db: &PgPool, _now: DateTime<Utc>) -> Result<Counts, StoreError> {
    unimplemented!()
}

/// Keeps a new alert and the first line of its history; `alert.id` and `alert.version` are ignored. Returns its id.
pub async fn insert(_db: &PgPool, _alert: &Alert, _entry: &HistoryEntry) -> Result<i64, StoreError> {
    unimplemented!()
}

/// Replaces an alert, if nobody changed it since `alert.version` was read, and adds to its history.
/// `false` means somebody did, and nothing was written.
pub async fn update(_db: &PgPool, _alert: &Alert, _entry: Option<&HistoryEntry>) -> Result<bool, StoreError> {
    unimplemented!()
}

/// A number that changes whenever any alert does: cheap to poll.
pub async fn change_count(_db: &PgPool) -> Result<i64, StoreError> {
    unimplemented!()
}
