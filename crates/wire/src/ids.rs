//! Ids of protocols that may write fewer digits than W3C does: leading zeros are filled in.

use std::ops::RangeInclusive;
use std::str::FromStr;

use model::id::IdError;
use model::{SpanId, TraceId};

/// Digits of a trace id in full.
const TRACE_DIGITS: usize = 32;

/// Digits of a span id in full.
const SPAN_DIGITS: usize = 16;

/// The trace id that `text` is; `field` is where it stood, for the refusal.
pub fn trace_id(text: &str, field: &str, digits_min: usize) -> Result<TraceId, String> {
    padded(text, field, digits_min..=TRACE_DIGITS)
}

/// The span id that `text` is; `field` is where it stood, for the refusal.
pub fn span_id(text: &str, field: &str, digits_min: usize) -> Result<SpanId, String> {
    padded(text, field, digits_min..=SPAN_DIGITS)
}

/// The parent that `text` names, if any: no parent is sent as nothing or, by some clients, as zeros.
pub fn parent_id(text: &str, field: &str, digits_min: usize) -> Result<Option<SpanId>, String> {
    if text.bytes().all(|digit| digit == b'0') { Ok(None) } else { span_id(text, field, digits_min).map(Some) }
}

fn padded<T: FromStr<Err = IdError>>(text: &str, field: &str, digits: RangeInclusive<usize>) -> Result<T, String> {
    let (least, most) = digits.into_inner();
    let got = text.chars().count();
    if text.is_empty() {
        Err(format!("{field}: missing"))
    } else if got < least && least < most {
        Err(format!("{field}: expected {least} to {most} hex digits, got {got} characters"))
    } else {
        let width = if got < least { got } else { most };
        format!("{text:0>width$}").parse().map_err(|error| format!("{field}: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_ids_are_filled_up_on_the_left() {
        let id = trace_id("1a2b3c4d5e6f7890", "traceId", 16).unwrap();
        assert_eq!(id.to_string(), "00000000000000001a2b3c4d5e6f7890");
        assert_eq!(trace_id("F00D", "traceID", 1).unwrap().to_string(), format!("{:0>32}", "f00d"));
        assert_eq!(span_id("1", "spanID", 1).unwrap().to_string(), "0000000000000001");
    }

    #[test]
    fn a_refusal_says_what_was_expected_and_what_came() {
        assert_eq!(trace_id("", "traceId", 16).unwrap_err(), "traceId: missing");
        let long = "1".repeat(33);
        for (text, reason) in [
            ("123", "traceId: expected 16 to 32 hex digits, got 3 characters"),
            (long.as_str(), "traceId: expected 32 hex digits, got 33 characters"),
            ("zz2b3c4d5e6f7890", "traceId: expected hex digits only"),
            ("0000000000000000", "traceId: an id of only zeros is invalid"),
        ] {
            assert_eq!(trace_id(text, "traceId", 16).unwrap_err(), reason);
        }
        assert_eq!(span_id("123", "id", 16).unwrap_err(), "id: expected 16 hex digits, got 3 characters");
        assert_eq!(parent_id("0000", "parentId", 16), Ok(None));
    }
}
