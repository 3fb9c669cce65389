//! Forgets refused spans that are old, or too many.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgPool;

use super::Progress;

/// Days a refusal is listed: long enough to be asked about at the end of a month.
const KEPT_DAYS: i64 = 30;

/// Rows kept, however new: about 300 MB. A sender that is refused everything must not fill the disk.
const ROWS_MAX: i64 = 1_000_000;

/// One round; there may be more to forget than one statement should.
pub async fn run(db: PgPool, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    let pruned = store::rejected::prune(&db, now - TimeDelta::days(KEPT_DAYS), ROWS_MAX).await?;
    Ok(if pruned == 0 { Progress::Idle } else { Progress::More })
}
