//! Why a request is sent back.

use model::ingest::TurnedAway;

use super::Full;

/// Not now: the request has to be sent again, and may be, since a span counts only once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// The intake is full.
    #[error(transparent)]
    Full(#[from] Full),
    /// The database does not take anything.
    #[error("the database is not available right now; send again shortly")]
    Database,
    /// The database's disk has no room.
    #[error("the disk of the server's database is full; send again when somebody has made room")]
    Disk,
    /// The server failed to store them, which its log explains.
    #[error("the server could not store this; send again")]
    Failed,
    /// The server is on its way out.
    #[error("the server is stopping; send again shortly")]
    Stopping,
}

impl From<Busy> for TurnedAway {
    fn from(busy: Busy) -> Self {
        match busy {
            Busy::Full(_) => Self::Full,
            Busy::Database => Self::Database,
            Busy::Disk => Self::Disk,
            Busy::Failed => Self::Failed,
            Busy::Stopping => Self::Stopping,
        }
    }
}
