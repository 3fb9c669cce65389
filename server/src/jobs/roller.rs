//! Merges what ingest left in the outbox into the rollups.

use sqlx::PgPool;

use super::Progress;

/// One round; there may be more waiting than one transaction should take.
pub async fn run(db: PgPool) -> anyhow::Result<Progress> {
    Ok(if store::outbox::roll(&db).await? == 0 { Progress::Idle } else { Progress::More })
}
