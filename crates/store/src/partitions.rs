//! Leaves of the `span` table: made ahead of time, listed in `span_leaf`.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use crate::StoreError;

/// Makes sure the leaves for now and the days ahead exist. Returns the names of those it made.
pub async fn ensure_ahead(_db: &PgPool, _now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
    unimplemented!()
}

/// Whether the leaf for tomorrow exists: readiness.
pub async fn are_ahead(_db: &PgPool, _now: DateTime<Utc>) -> Result<bool, StoreError> {
    unimplemented!()
}
