//! Reads of tenants.

use model::time::TimeRange;
use model::trace::TenantLine;
use sqlx::PgPool;

use crate::StoreError;

/// Tenants by spend over `range`, dearest first.
pub async fn top(_db: &PgPool, _range: TimeRange, _limit: i64) -> Result<Vec<TenantLine>, StoreError> {
    unimplemented!()
}

/// The names of all tenants ever seen, in order.
pub async fn names(_db: &PgPool) -> Result<Vec<String>, StoreError> {
    unimplemented!()
}
