//! The outbox: what ingest transactions and corrections add to the rollups, merged by one roller.

pub(crate) mod cells;

use sqlx::PgPool;

use crate::StoreError;

/// Merges the waiting outbox rows into the rollups, in one transaction. Returns how many rows it took; 0 is "nothing to do".
pub async fn roll(_db: &PgPool) -> Result<u64, StoreError> {
    unimplemented!()
}
