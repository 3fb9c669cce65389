//! Makes the leaves of the span table ahead of time, and keeps their indexes by arrival up to date.

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::Progress;

/// Makes what is missing for the days to come, and takes into the indexes what has arrived.
pub async fn run(db: PgPool, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let made = store::partitions::ensure_ahead(&db, now).await?;
    if !made.is_empty() {
        tracing::info!(leaves = ?made, "made room for the days to come");
    }
    store::partitions::summarise(&db).await?;
    Ok(Progress::Idle)
}
