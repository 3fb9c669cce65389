//! Connections: separate pools, so that dashboards never make writers wait.

use sqlx::PgPool;

use crate::StoreError;

/// The migrations, embedded.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// Pools by who uses them.
#[derive(Debug, Clone)]
pub struct Pools {
    /// One connection per ingest writer.
    pub writers: PgPool,
    /// Pages and API; statements are cut off after a limit.
    pub readers: PgPool,
    /// Roller, finaliser, partitions, alerts.
    pub jobs: PgPool,
}

/// Opens the pools for `url` and applies missing migrations.
pub async fn open(_url: &str, _writers: u32) -> Result<Pools, StoreError> {
    unimplemented!()
}
