//! The pool pages read from, which is given up for a new one when all of its connections hang.
//!
//! The server cuts a page's statement off after a limit, and tells us. A network that swallows this keeps whoever asked waiting,
//! and its connection with it; nothing but a new pool gets out of that.

use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::time::Duration;

use sqlx::PgPool;

/// How often it is looked whether all connections are busy.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// Looks in a row after which they hang: twice the longest statement. Where they were only busy, the old ones end with what
/// they do.
const BUSY_LOOKS_MAX: u32 = 6;

/// A pool that is replaced when it hangs; cheap to clone.
#[derive(Debug, Clone)]
pub struct Readers(Arc<RwLock<PgPool>>);

impl Readers {
    /// Keeps to one pool, whatever happens to it.
    pub fn of(pool: PgPool) -> Self {
        Self(Arc::new(RwLock::new(pool)))
    }

    /// A pool made by `open`, and made again when it hangs.
    pub(crate) fn watched(open: impl Fn() -> PgPool + Send + 'static) -> Self {
        let readers = Self::of(open());
        tokio::spawn(watch(Arc::downgrade(&readers.0), open));
        readers
    }

    /// The pool to use now.
    pub fn get(&self) -> PgPool {
        // A pool is replaced by one assignment.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, pool: PgPool) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = pool;
    }
}

/// Looks after the pool for as long as anybody uses it.
async fn watch(pool: Weak<RwLock<PgPool>>, open: impl Fn() -> PgPool) {
    let mut busy_looks = 0;
    loop {
        tokio::time::sleep(LOOK_INTERVAL).await;
        let Some(readers) = pool.upgrade().map(Readers) else { return };
        let now = readers.get();
        let all_busy = now.num_idle() == 0 && now.size() >= now.options().get_max_connections();
        busy_looks = if all_busy { busy_looks + 1 } else { 0 };
        if busy_looks == BUSY_LOOKS_MAX {
            tracing::warn!("no connection for pages has come back for half a minute; opening new ones");
            readers.replace(open());
            busy_looks = 0;
        }
    }
}
