//! Errors in the words of `google.rpc`: what OTLP answers over both HTTP and gRPC (OTLP specification, "Failures").
//!
//! Only what is worth sending again is [`Code::Unavailable`] with a delay: exporters drop what gets any other error.

use std::time::Duration;

use http::StatusCode;
use wire::DecodeError;

use super::body::BodyError;
use crate::pipeline::Busy;

/// How long a sender is asked to wait: a full queue is written in less, and SDKs add jitter of their own.
pub const RETRY_AFTER: Duration = Duration::from_secs(2);
/// Characters of an answer's message: exporters log it, nobody reads more. What was sent may be quoted in it, and must not
/// make the answer as long as the request.
pub const MESSAGE_CHARS_MAX: usize = 2_000;

/// The codes of `google.rpc.Code` that we use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request is wrong; sending it again changes nothing.
    InvalidArgument = 3,
    /// Whoever sends it may not.
    PermissionDenied = 7,
    /// It is larger than any may be.
    ResourceExhausted = 8,
    /// We do not do that.
    Unimplemented = 12,
    /// Not now.
    Unavailable = 14,
    /// Nobody knows who sends it.
    Unauthenticated = 16,
}

impl Code {
    /// The status over HTTP. Exporters send again after 503 and not after the others (OTLP/HTTP, "Retryable Response Codes").
    pub const fn http_status(self) -> StatusCode {
        match self {
            Self::InvalidArgument => StatusCode::BAD_REQUEST,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
            Self::ResourceExhausted => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unimplemented => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
        }
    }
}

/// A refusal of a whole request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What kind.
    pub code: Code,
    /// What was expected.
    pub message: String,
}

impl Refusal {
    /// A refusal of this kind; a message that is too long is cut.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if let Some((end, _)) = message.char_indices().nth(MESSAGE_CHARS_MAX) {
            message.truncate(end);
        }
        Self { code, message }
    }

    /// The delay after which the same request is welcome again, if ever.
    pub fn retry_after(&self) -> Option<Duration> {
        (self.code == Code::Unavailable).then_some(RETRY_AFTER)
    }
}

impl From<&BodyError> for Code {
    fn from(error: &BodyError) -> Self {
        match error {
            BodyError::TooLarge { .. } => Self::ResourceExhausted,
            // A slow body is not answered with 408 or DEADLINE_EXCEEDED: exporters drop what gets the one, and the other says
            // nothing of how long to wait.
            BodyError::Full(_) | BodyError::TooSlow { .. } | BodyError::CutOff | BodyError::Failed => Self::Unavailable,
            BodyError::UnknownEncoding(_) => Self::Unimplemented,
            BodyError::NotPacked(_) => Self::InvalidArgument,
        }
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        Self::new(Code::from(&error), error.to_string())
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Self::new(Code::InvalidArgument, error.to_string())
    }
}

impl From<Busy> for Refusal {
    fn from(busy: Busy) -> Self {
        Self::new(Code::Unavailable, busy.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_worth_sending_again_has_a_delay() {
        let delayed = |refusal: Refusal| refusal.retry_after().is_some();
        assert!(delayed(Busy::Database.into()));
        assert!(delayed(BodyError::Full(crate::pipeline::Full).into()));
        for body in [BodyError::TooSlow { seconds: 1 }, BodyError::CutOff, BodyError::Failed] {
            assert!(delayed(body.into()), "nothing is wrong with what was sent");
        }
        assert!(!delayed(BodyError::TooLarge { bytes_max: 1 }.into()));
        assert!(!delayed(BodyError::NotPacked("gzip").into()));
    }

    #[test]
    fn what_is_retried_is_what_is_counted_as_sent_back() {
        use BodyError::*;
        let full = Full(crate::pipeline::Full);
        let all = [TooLarge { bytes_max: 1 }, full, TooSlow { seconds: 1 }, CutOff, Failed, NotPacked("gzip")];
        for error in all.into_iter().chain([UnknownEncoding("br".into())]) {
            assert_eq!(error.turned_away().is_some(), Code::from(&error) == Code::Unavailable, "{error}");
        }
    }

    #[test]
    fn a_message_is_cut_at_a_character() {
        let refusal = Refusal::new(Code::InvalidArgument, "ä".repeat(MESSAGE_CHARS_MAX + 1));
        assert_eq!(refusal.message, "ä".repeat(MESSAGE_CHARS_MAX));
    }
}
