//! What operators say about verdicts ([`model::ruling`]), as this server knows it: read from the database every other second, so
//! that whoever says something on any server is heard on all of them. The finaliser does not rely on it; it reads them itself.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use model::ruling::Overrides;
use sqlx::PgPool;
use store::StoreError;

/// How often they are read: a few rows.
const LOOK_INTERVAL: Duration = Duration::from_secs(2);

/// Overrides in force.
#[derive(Default)]
pub struct Rulings(RwLock<Arc<Overrides>>);

impl Rulings {
    /// As they were read last.
    pub fn current(&self) -> Arc<Overrides> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads them.
    pub async fn look(&self, db: &PgPool) -> Result<(), StoreError> {
        let overrides = Arc::new(store::overrides::in_force(db).await?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = overrides;
        Ok(())
    }

    /// Reads them again and again, for as long as it is polled. While they cannot be read the last ones stay.
    pub async fn keep_up(&self, db: &PgPool) {
        let mut is_known = true;
        loop {
            tokio::time::sleep(LOOK_INTERVAL).await;
            let looked = self.look(db).await;
            if let (Err(error), true) = (&looked, is_known) {
                tracing::warn!(error = %error, "overrides of verdicts cannot be read; the last ones stay in force");
            }
            is_known = looked.is_ok();
        }
    }
}
