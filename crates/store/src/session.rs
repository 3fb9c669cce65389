//! What a connection is told when it begins, and when it counts as dead.
//!
//! A network that swallows what is sent tells neither end, so both look: the server asks whether we still live, and we
//! use no connection that does not answer.

use std::time::Duration;

use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection, PgPool, Postgres};

use crate::StoreError;

/// Longest wait for a sign of life from a connection that nobody uses: it takes a millisecond.
pub(crate) const ANSWER_MAX: Duration = Duration::from_secs(2);

/// Makes the server notice within a minute that we are gone, while its transaction locks the traces that another connection
/// of ours sends again; the network alone tells it after two hours. Not every platform knows every one of these.
const NOTICE_OUR_END: &str = "
    do $$
    declare
        setting text[];
    begin
        foreach setting slice 1 in array array[
            ['tcp_keepalives_idle', '30'],
            ['tcp_keepalives_interval', '10'],
            ['tcp_keepalives_count', '3'],
            ['tcp_user_timeout', '60000'],
            ['client_connection_check_interval', '10000']
        ] loop
            begin
                perform set_config(setting[1], setting[2], false);
            exception when others then null;
            end;
        end loop;
    end
    $$";

/// Pools whose connections are tested before they are used and after: one that was left in the middle of a statement, or
/// that leads nowhere, is closed instead of kept.
pub(crate) fn watched(options: PgPoolOptions) -> PgPoolOptions {
    options
        .after_connect(|connection, _| {
            Box::pin(async move { sqlx::raw_sql(NOTICE_OUR_END).execute(connection).await.map(drop) })
        })
        // The pool's own test waits as long as the network does.
        .test_before_acquire(false)
        .before_acquire(|connection, _| Box::pin(answers(connection)))
        .after_release(|connection, _| Box::pin(answers(connection)))
}

async fn answers(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    match tokio::time::timeout(ANSWER_MAX, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

/// A connection that stays with one writer. It is taken for a transaction and given back when that has ended well; whoever
/// is interrupted in between drops it, which closes it: nobody knows what it was in the middle of.
#[derive(Debug, Default)]
pub(crate) struct Own(Option<PgConnection>);

impl Own {
    /// The connection if it is alive, else a new one.
    pub(crate) async fn take(&mut self, pool: &PgPool) -> Result<PgConnection, StoreError> {
        if let Some(mut kept) = self.0.take()
            && answers(&mut kept).await.is_ok()
        {
            return Ok(kept);
        }
        let fresh: sqlx::pool::PoolConnection<Postgres> = pool.acquire().await?;
        Ok(fresh.detach())
    }

    /// Keeps it for the next time.
    pub(crate) fn give_back(&mut self, connection: PgConnection) {
        self.0 = Some(connection);
    }
}
