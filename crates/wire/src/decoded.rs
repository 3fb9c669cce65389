//! What decoding a request body gives, whatever the protocol.

use model::{TraceId, Usd};

use crate::raw::RawSpan;

/// The spans of a request body, and what could not be taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decoded {
    /// Spans as they were sent.
    pub spans: Vec<RawSpan>,
    /// Spans that were refused, each with the reason; their neighbours are in `spans`.
    pub rejected: Vec<Rejected>,
    /// Totals that senders declared for whole traces: check values, never summed.
    pub declared: Vec<(TraceId, Usd)>,
    /// What was odd about the body as a whole, in words for the sender.
    pub warnings: Vec<String>,
    /// Attribute values in `spans`, nested ones included: what they take in memory follows from that.
    pub values: usize,
}

/// One span that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The id of its trace as sent, in lower case, when there was one to read.
    pub trace_id: Option<String>,
    /// Its id as sent, when there was one to read.
    pub span_id: Option<String>,
    /// Why, and what was expected.
    pub reason: String,
}

impl Decoded {
    /// The reasons of all refusals in one line, at most `chars_max` characters long, for answers that have one message. What
    /// has no room is hinted at, and a first reason that alone is too long is cut.
    pub fn message(&self, chars_max: usize) -> String {
        message(&self.warnings, &self.rejected, chars_max)
    }
}

/// The same of what several parts of a body brought.
pub fn message(warnings: &[String], rejected: &[Rejected], chars_max: usize) -> String {
    let reasons = rejected.iter().map(|rejected| match &rejected.span_id {
        Some(span_id) => format!("span {span_id}: {}", rejected.reason),
        None => rejected.reason.clone(),
    });
    let mut parts = warnings.iter().cloned().chain(reasons).peekable();
    let (mut message, mut chars) = (String::new(), 0);
    while let Some(part) = parts.next() {
        let separator = if message.is_empty() { "" } else { "; " };
        let reserved = if parts.peek().is_some() { AND_MORE.len() } else { 0 };
        let longer = chars + separator.len() + part.chars().count();
        if longer + reserved > chars_max {
            let cut = || part.chars().take(chars_max.saturating_sub(1)).chain(['…']).take(chars_max).collect();
            return if message.is_empty() { cut() } else { message + AND_MORE };
        }
        message.push_str(separator);
        message.push_str(&part);
        chars = longer;
    }
    message
}

/// What stands for the reasons that a message has no room for.
const AND_MORE: &str = "; and more";

impl Rejected {
    /// A refusal of the span that was sent with this id, of which enough is kept to recognise it by.
    pub(crate) fn of(span_id: &str, reason: impl Into<String>) -> Self {
        Self { trace_id: None, span_id: told(span_id), reason: reason.into() }
    }

    /// The same, of the trace that was sent with this id.
    #[must_use]
    pub(crate) fn in_trace(self, trace_id: &str) -> Self {
        Self { trace_id: told(trace_id).map(|id| id.to_ascii_lowercase()), ..self }
    }
}

/// What was sent in the place of an id, if anything was.
fn told(id: &str) -> Option<String> {
    (!id.is_empty()).then(|| id.chars().take(ID_CHARS_MAX).collect())
}

/// Characters kept of what was sent in the place of an id: twice what the longest has.
const ID_CHARS_MAX: usize = 64;

/// Why a whole request body could not be read: the text of a 400.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Nothing was sent where something must be.
    #[error("the body is empty; expected {expected}")]
    Empty {
        /// What belongs there.
        expected: &'static str,
    },
    /// The bytes are not in the format the request said.
    #[error("the body is not {expected}: {reason}")]
    Malformed {
        /// The format.
        expected: &'static str,
        /// What is wrong, and where if known.
        reason: String,
    },
    /// Well-formed, and evidently meant for another door.
    #[error("the body looks like {looks_like}; {advice}")]
    WrongDoor {
        /// What it seems to be.
        looks_like: &'static str,
        /// Where it belongs.
        advice: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_lists_reasons_and_stays_within_its_limit() {
        let mut decoded = Decoded::default();
        decoded.rejected.push(Rejected {
            trace_id: None,
            span_id: Some("00".into()),
            reason: "expected 16 hex digits".into(),
        });
        decoded.rejected.push(Rejected { trace_id: None, span_id: None, reason: "not a span".into() });
        assert_eq!(decoded.message(200), "span 00: expected 16 hex digits; not a span");
        assert_eq!(decoded.message(43), "span 00: expected 16 hex digits; not a span");
        assert_eq!(decoded.message(42), "span 00: expected 16 hex digits; and more");
        assert_eq!(decoded.message(20), "span 00: expected 1…");
        for chars_max in 0..50 {
            assert!(decoded.message(chars_max).chars().count() <= chars_max, "at most {chars_max}");
        }
        assert_eq!(Decoded::default().message(0), "");
    }
}
