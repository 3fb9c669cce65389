//! Connections: separate pools, so that dashboards never make writers wait.

use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::StoreError;

/// The migrations, embedded.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// Connections for pages and the API: a page runs a handful of statements side by side, and a small database server
/// allows 100 connections for everybody.
const READERS_MAX: u32 = 12;

/// Connections for background jobs: one per elected job plus one each to work with.
const JOBS_MAX: u32 = 8;

/// Longest wait for a connection; past it the caller hears that the database is busy.
const ACQUIRE_SECONDS_MAX: u64 = 5;

/// Longest statement of a page: past it nobody waits for the answer any more.
const READ_MILLISECONDS_MAX: u32 = 15_000;

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

/// Opens the pools for `url` and applies missing migrations. Servers that start at the same time wait for each other.
pub async fn open(url: &str, writers: u32) -> Result<Pools, StoreError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("tracetab")
        .options([("timezone", "UTC"), ("client_min_messages", "warning")]);
    let pool = |connections_max: u32, options: PgConnectOptions| {
        PgPoolOptions::new()
            .max_connections(connections_max)
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS_MAX))
            .connect_lazy_with(options)
    };
    let jobs = pool(JOBS_MAX, options.clone());
    MIGRATOR.run(&jobs).await?;
    let timeout = READ_MILLISECONDS_MAX.to_string();
    Ok(Pools {
        // One more than there are writers: partitions are made while a writer holds its connection.
        writers: pool(writers + 1, options.clone()),
        readers: pool(READERS_MAX, options.options([("statement_timeout", timeout.as_str())])),
        jobs,
    })
}
