//! Electing who runs a background job: one session-level advisory lock per job.

use sqlx::{Connection, PgConnection, PgPool};

use crate::{StoreError, session};

/// A job this process runs for as long as the value lives and its connection is alive.
pub struct Elected {
    /// Out of the pool: the lock ends with this connection, however it ends.
    connection: PgConnection,
}

impl Elected {
    /// Whether the connection that holds the lock is still alive: it answers, and soon.
    pub async fn still(&mut self) -> bool {
        matches!(tokio::time::timeout(session::ANSWER_MAX, self.connection.ping()).await, Ok(Ok(())))
    }
}

/// Tries to become the one that runs `job`; `None` when another process does.
pub async fn elect(db: &PgPool, job: &str) -> Result<Option<Elected>, StoreError> {
    let mut connection = db.acquire().await?;
    let name = format!("tracetab:job:{job}");
    let won = sqlx::query_scalar!(r#"select pg_try_advisory_lock(hashtextextended($1, 0)) as "won!""#, name)
        .fetch_one(&mut *connection)
        .await?;
    Ok(won.then(|| Elected { connection: connection.detach() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn a_job_is_run_by_one_until_it_stops(db: PgPool) {
        let mut first = elect(&db, "roller").await.unwrap().unwrap();
        assert!(elect(&db, "roller").await.unwrap().is_none());
        assert!(elect(&db, "finaliser").await.unwrap().is_some());
        assert!(first.still().await);
        first.connection.close().await.unwrap();
        // The server notices the end of a connection in its own time.
        let again = async { while elect(&db, "roller").await.unwrap().is_none() {} };
        tokio::time::timeout(std::time::Duration::from_secs(30), again).await.unwrap();
    }
}
