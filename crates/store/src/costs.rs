//! Reads of cost totals: from the rollups plus the open outbox, never from raw spans.

use model::cost::{Breakdown, Dimension, Sums};
use model::time::TimeRange;
use sqlx::PgPool;

use crate::StoreError;

/// Spend over `range` by `by`, in buckets of `bucket_seconds` (a multiple of 60), of one tenant or of all.
pub async fn breakdown(
    _db: &PgPool,
    _range: TimeRange,
    _by: Dimension,
    _tenant: Option<&str>,
    _bucket_seconds: i64,
) -> Result<Breakdown, StoreError> {
    unimplemented!()
}

/// Sums over `range` of everything.
pub async fn sums(_db: &PgPool, _range: TimeRange) -> Result<Sums, StoreError> {
    unimplemented!()
}
