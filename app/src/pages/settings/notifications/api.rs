//! What the page asks of the server.

use chrono::{DateTime, Utc};
use model::alert::notification::Standing;
use model::alert::receiver::ReceiverBook;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// What there is to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// Who is told.
    pub book: ReceiverBook,
    /// Whether they take it.
    pub standings: Vec<Standing>,
}

/// Everybody who is told, and whether they take it.
pub async fn load_receivers() -> Result<Told, ApiError> {
    let services = crate::context::services()?;
    let (db, now) = (services.pools.readers.get(), (services.now)());
    let book = services.notifications.book().await;
    Ok(Told { now, book, standings: store::notifications::standings(&db, now).await? })
}
