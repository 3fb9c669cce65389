//! Claiming quiet traces and writing what the finaliser found.

use chrono::{DateTime, Utc};
use model::TraceId;
use model::trace::{Finalised, Skeleton};
use sqlx::PgPool;

use crate::StoreError;

/// A quiet trace with its spans.
#[derive(Debug, Clone)]
pub struct Quiet {
    /// Which.
    pub trace_id: TraceId,
    /// The version that was read: results for another version are thrown away.
    pub version: i32,
    /// Its spans.
    pub spans: Vec<Skeleton>,
}

/// Traces that changed since they were last finalised and have been quiet since `before`.
pub async fn quiet(_db: &PgPool, _before: DateTime<Utc>, _limit: i64) -> Result<Vec<Quiet>, StoreError> {
    unimplemented!()
}

/// Writes results, each guarded by its version; edges of an earlier finalisation are replaced, never added twice.
pub async fn apply(_db: &PgPool, _results: &[(TraceId, i32, Finalised)]) -> Result<(), StoreError> {
    unimplemented!()
}
