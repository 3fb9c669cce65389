//! Electing who runs a background job: one session-level advisory lock per job.

use sqlx::PgPool;

use crate::StoreError;

/// A job this process runs for as long as the value lives and its connection is alive.
pub struct Elected {}

impl Elected {
    /// Whether the connection that holds the lock is still alive.
    pub async fn still(&mut self) -> bool {
        unimplemented!()
    }
}

/// Tries to become the one that runs `job`; `None` when another process does.
pub async fn elect(_db: &PgPool, _job: &str) -> Result<Option<Elected>, StoreError> {
    unimplemented!()
}
