//! Merges what ingest left in the outbox into the rollups.

use sqlx::PgPool;

use super::Progress;

/// One round; there may be more waiting than one transaction should take. What comes meanwhile waits for the next: a total that
/// many transactions add to is written once for all of them.
pub async fn run(db: PgPool) -> anyhow::Result<Progress> {
    Ok(if store::outbox::roll(&db).await?.is_all { Progress::Idle } else { Progress::More })
}
