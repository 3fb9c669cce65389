//! The outbox: what ingest transactions and corrections add to the rollups, merged by one roller.

mod costs;
pub(crate) mod entries;
mod latencies;
mod taken;

use sqlx::PgPool;

use crate::StoreError;

/// What one call of [`roll`] took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rolled {
    /// Outbox rows; 0 is "nothing to do".
    pub rows: u64,
    /// Whether those were all that waited.
    pub is_all: bool,
}

/// Merges the waiting outbox rows into the rollups, in one transaction that takes a bounded number of them.
pub async fn roll(db: &PgPool) -> Result<Rolled, StoreError> {
    let mut transaction = db.begin().await?;
    // Sketches are read, merged and written back: two rollers must take turns.
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('tracetab:outbox', 0))")
        .execute(&mut *transaction)
        .await?;
    let taken = taken::take(&mut transaction).await?;
    if taken.rows > 0 {
        costs::merge(&mut transaction, &taken.sums).await?;
        latencies::merge(&mut transaction, taken.sketches).await?;
        transaction.commit().await?;
    }
    Ok(Rolled { rows: taken.rows, is_all: taken.is_all })
}

#[cfg(test)]
mod tests;
