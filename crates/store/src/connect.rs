//! Connections: separate pools, so that dashboards never make writers wait.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};

use crate::{Readers, StoreError, payload, session};

/// The migrations, embedded.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// Connections for pages and the API: a page runs a handful of statements side by side, and a small database server
/// allows 100 connections for everybody.
const READERS_MAX: u32 = 12;

/// Connections for background jobs: one per elected job plus one each to work with.
const JOBS_MAX: u32 = 8;

/// Attempts at the start while the database says it takes connections soon, two minutes of them: it recovers from a crash
/// meanwhile.
const START_ATTEMPTS_MAX: u32 = 240;
const START_PAUSE: Duration = Duration::from_millis(500);

/// Longest wait for a connection; past it the caller hears that the database is busy.
const ACQUIRE_SECONDS_MAX: u64 = 5;

/// Longest a transaction may rest between two statements: ours never do, so whoever began it is gone.
const IDLE_IN_TRANSACTION_MAX: &str = "60s";

/// Longest statement of a page: past it nobody waits for the answer any more.
const READ_MILLISECONDS_MAX: u32 = 15_000;

/// Pools by who uses them.
#[derive(Debug, Clone)]
pub struct Pools {
    /// One connection per ingest writer, one for what was refused.
    pub writers: PgPool,
    /// Pages and API; statements are cut off after a limit.
    pub readers: Readers,
    /// Roller, finaliser, partitions, alerts.
    pub jobs: PgPool,
}

/// Opens the pools for `url` and applies missing migrations. Servers that start at the same time wait for each other.
pub async fn open(url: &str, writers: u32) -> Result<Pools, StoreError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("tracetab")
        .options([("timezone", "UTC"), ("client_min_messages", "warning")])
        // On by default, and compiling one of our statements takes longer than running it: reading traces to settle took nine times as long.
        .options([("jit", "off")])
        .options([("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MAX)]);
    let pool = move |connections_max: u32, options: PgConnectOptions| {
        let limits = PgPoolOptions::new()
            .max_connections(connections_max)
            .acquire_timeout(Duration::from_secs(ACQUIRE_SECONDS_MAX));
        session::watched(limits).connect_lazy_with(options)
    };
    // Not through a pool: it would try again until its time is up, and then could not say what was wrong.
    let mut first = connect_when_up(&options).await?;
    MIGRATOR.run(&mut first).await?;
    keep_dictionary(&mut first).await?;
    first.close().await?;
    let reading = options.clone().options([("statement_timeout", READ_MILLISECONDS_MAX.to_string())]);
    Ok(Pools {
        // Two more than there are writers: partitions are made while a writer holds its connection, and what was refused is
        // written down while all of them do.
        writers: pool(writers + 2, options.clone()),
        readers: Readers::watched(move || pool(READERS_MAX, reading.clone())),
        // Nobody waits for a job, and starting workers takes as long as most of its statements do.
        jobs: pool(JOBS_MAX, options.options([("max_parallel_workers_per_gather", "0")])),
    })
}

/// Waits for a server that is there but not ready, as after a restart of the machine both are on.
async fn connect_when_up(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let mut attempts = 1;
    loop {
        match PgConnection::connect_with(options).await.map_err(StoreError::from) {
            Err(error) if error.says_not_yet() && attempts < START_ATTEMPTS_MAX => {
                attempts += 1;
                tracing::warn!(reason = error.reason(), "the database takes no connections yet");
                tokio::time::sleep(START_PAUSE).await;
            }
            connected => return connected,
        }
    }
}

/// Keeps the dictionary of this release with the payloads it compresses.
async fn keep_dictionary(db: &mut PgConnection) -> Result<(), StoreError> {
    payload::dictionary::keep_bundled(db).await
}

#[cfg(test)]
mod tests {
    use sqlx::ConnectOptions;

    use super::*;

    #[sqlx::test(migrations = false)]
    async fn servers_that_start_together_both_find_the_tables(db: PgPool) {
        // As a server of one's own has it, unlike the private one.
        let on = "do $$ begin execute format('alter database %I set jit = on', current_database()); end $$";
        sqlx::raw_sql(on).execute(&db).await.unwrap();
        let url = db.connect_options().to_url_lossy().to_string();
        let (left, right) = tokio::join!(open(&url, 2), open(&url, 2));
        let (left, right) = (left.unwrap(), right.unwrap());
        assert!(!crate::traces::any(&left.readers.get()).await.unwrap());
        let set = sqlx::query_scalar::<_, String>(
            "select concat_ws(' ', current_setting('timezone'), current_setting('statement_timeout'), current_setting('jit'), \
                current_setting('idle_in_transaction_session_timeout'), current_setting('client_connection_check_interval'))",
        );
        assert_eq!(set.fetch_one(&right.readers.get()).await.unwrap(), "UTC 15s off 1min 10s");
        let parallel = sqlx::query_scalar::<_, String>("show max_parallel_workers_per_gather");
        assert_eq!(parallel.fetch_one(&left.jobs).await.unwrap(), "0", "nobody waits for a job");
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_named_as_the_reason() {
        let error = open("postgres://nobody@127.0.0.1:1/nothing", 1).await.unwrap_err();
        assert!(error.is_unavailable());
        assert!(matches!(error, StoreError::Database(sqlx::Error::Io(_))), "{error:?}");
    }
}
