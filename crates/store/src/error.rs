//! The one error of this crate.

/// Why a read or a write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no, or could not be reached.
    #[error("the database did not answer as expected")]
    Database(#[from] sqlx::Error),
    /// A row that cannot be true.
    #[error("{table}.{column} of {id} cannot be true")]
    Inconsistent {
        /// Table it is in.
        table: &'static str,
        /// Column that is wrong.
        column: &'static str,
        /// Which row.
        id: String,
    },
}

impl StoreError {
    /// Whether trying again later can help: the database is away, restarting, full or out of connections.
    pub fn is_unavailable(&self) -> bool {
        unimplemented!()
    }
}
