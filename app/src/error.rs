//! The one error a page or the browser ever sees. What really went wrong is in the server's log.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Why a server function did not answer, in words a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum ApiError {
    /// The thing asked for does not exist, or no longer.
    #[error("There is no {0} with this id, or it is no longer kept.")]
    NotFound(String),
    /// The request cannot be meant as written; says what was expected.
    #[error("{0}")]
    Invalid(String),
    /// Somebody else changed it first; says who and what.
    #[error("{0}")]
    Conflict(String),
    /// The key they signed in with may not do this.
    #[error("The key “{0}” that you signed in with may read, and change nothing. Sign in with one that may.")]
    Forbidden(String),
    /// Nobody is signed in, or no longer.
    #[error("You are signed out. Reload the page to sign in again.")]
    SignedOut,
    /// The database is away, restarting or too busy.
    #[error("The database does not answer. Spans are refused with a request to retry until it does.")]
    Unavailable,
    /// The browser could not reach the server.
    #[error("The server does not answer. What is shown may be out of date.")]
    Unreachable,
    /// A fault of ours.
    #[error("Something went wrong in the server. Its log says what.")]
    Internal,
}

impl ApiError {
    /// The HTTP status a page with this error answers with.
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) => 404,
            Self::Invalid(_) => 400,
            Self::Conflict(_) => 409,
            Self::Forbidden(_) => 403,
            Self::SignedOut => 401,
            Self::Unavailable | Self::Unreachable => 503,
            Self::Internal => 500,
        }
    }

    /// Whether asking again may help.
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable | Self::Unreachable | Self::Internal)
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::Unreachable,
            ServerFnErrorErr::Args(reason) | ServerFnErrorErr::MissingArg(reason) => Self::Invalid(reason),
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_faults_tell_the_browser_nothing_about_their_cause() {
        let told = ApiError::from_server_fn_error(ServerFnErrorErr::ServerError("select secret from span".into()));
        assert_eq!(told, ApiError::Internal);
        assert!(!told.to_string().contains("select"));
    }

    #[test]
    fn an_error_survives_the_way_to_the_browser() {
        let error = ApiError::Conflict("Mara acknowledged it at 11:20.".into());
        assert_eq!(ApiError::de(error.ser()), error);
    }
}
