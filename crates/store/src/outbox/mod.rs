//! The outbox: what ingest transactions and corrections add to the rollups, merged by one roller.

mod costs;
pub(crate) mod entries;
mod latencies;
mod taken;

use sqlx::PgPool;

use crate::StoreError;

/// Merges the waiting outbox rows into the rollups, in one transaction. Returns how many rows it took; 0 is "nothing to do".
/// One call takes a bounded number of rows: call again until nothing is left.
pub async fn roll(db: &PgPool) -> Result<u64, StoreError> {
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
    Ok(taken.rows)
}

#[cfg(test)]
mod tests;
