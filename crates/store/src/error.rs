//! The one error of this crate.

/// Why a read or a write did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no, or could not be reached.
    #[error("the database did not answer as expected")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought to this release's shape.
    #[error("the database's tables could not be prepared")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// An answer would take the payloads of more spans than are read for one.
    #[error(
        "what is asked for is only in the attributes of more than {spans_max} spans; expected a narrower window, or a condition on service, operation or tenant"
    )]
    TooManySpans {
        /// How many are read.
        spans_max: usize,
    },
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
        match self {
            Self::Database(error) | Self::Migration(sqlx::migrate::MigrateError::Execute(error)) => match error {
                sqlx::Error::Database(said) => said.code().is_some_and(|code| passes(&code)),
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => true,
                _ => false,
            },
            Self::Migration(_) | Self::Inconsistent { .. } | Self::TooManySpans { .. } => false,
        }
    }

    /// Whether the database gave up because it took longer than it may.
    pub fn was_too_slow(&self) -> bool {
        self.code().is_some_and(|code| code == "57014")
    }

    /// Whether the database had no room on its disk.
    pub fn is_disk_full(&self) -> bool {
        self.code().is_some_and(|code| code == "53100")
    }

    /// Whether the server is there and takes connections soon: it starts, or others have all of them.
    pub(crate) fn says_not_yet(&self) -> bool {
        self.code().is_some_and(|code| matches!(code.as_ref(), "57P03" | "53300"))
    }

    /// Whether the transaction lost against another one and may win when it is run again at once.
    pub(crate) fn lost_a_race(&self) -> bool {
        self.code().is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01"))
    }

    /// Whether the values themselves are at fault (SQLSTATE classes 22 and 23): the same batch fails again for ever.
    pub fn is_about_values(&self) -> bool {
        self.code().is_some_and(|code| code.starts_with("22") || code.starts_with("23"))
            || matches!(self, Self::Inconsistent { .. } | Self::Database(sqlx::Error::Encode(_)))
    }

    /// Whether the connection is alive: the server itself answered, with an error.
    pub(crate) fn was_answered(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(_)))
    }

    /// What the database said, for people.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Database(sqlx::Error::Database(said)) => said.message().to_owned(),
            other => other.to_string(),
        }
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        match self {
            Self::Database(sqlx::Error::Database(said)) => said.code(),
            _ => None,
        }
    }
}

/// SQLSTATEs that pass: connection (08), resources (53), operator (57), lock not available, serialization, deadlock, read-only,
/// a disk that fails, and a database or a server that is not in the state to answer yet (55000: no connections are allowed, it
/// recovers).
fn passes(code: &str) -> bool {
    ["08", "53", "57"].iter().any(|class| code.starts_with(class))
        || matches!(code, "55P03" | "55000" | "40001" | "40P01" | "25006" | "58030")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_told_from_what_stays() {
        for code in ["08006", "53300", "53100", "57P01", "57P03", "57014", "55P03", "55000", "25006", "40P01"] {
            assert!(passes(code), "{code}");
        }
        for code in ["22003", "23505", "42P01", "XX000"] {
            assert!(!passes(code), "{code}");
        }
        assert!(StoreError::from(sqlx::Error::PoolTimedOut).is_unavailable());
        assert!(!StoreError::from(sqlx::Error::RowNotFound).is_unavailable());
    }
}
