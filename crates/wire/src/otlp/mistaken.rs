//! Guesses at what a body really is when it is not traces, so that the answer can name the likely mistake.

use crate::DecodeError;
use crate::fields::{self, FIXED64, Fields, LENGTH_DELIMITED};

/// What bytes that are not protobuf seem to be.
pub fn for_protobuf(body: &[u8]) -> Option<DecodeError> {
    let is_text = body.iter().take(64).all(|byte| *byte >= b' ' || byte.is_ascii_whitespace());
    let (looks_like, advice) = match body.trim_ascii_start() {
        [b'{' | b'[', ..] if is_text => ("JSON", "send it with Content-Type: application/json"),
        [0x1f, 0x8b, ..] => ("gzip", "send it with Content-Encoding: gzip"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("zstd", "send it uncompressed or as gzip"),
        [b'<', ..] if is_text => ("HTML or XML", "expected an OTLP ExportTraceServiceRequest in protobuf"),
        _ => return None,
    };
    Some(DecodeError::WrongDoor { looks_like, advice })
}

/// What text that is not JSON seems to be.
pub fn for_json(body: &[u8]) -> Option<DecodeError> {
    let (looks_like, advice) = match body {
        [0x0a, ..] if !body.trim_ascii_start().starts_with(b"{") => {
            ("protobuf", "send it with Content-Type: application/x-protobuf")
        }
        [0x1f, 0x8b, ..] => ("gzip", "send it with Content-Encoding: gzip"),
        _ => return None,
    };
    Some(DecodeError::WrongDoor { looks_like, advice })
}

/// What a request without spans seems to be: Zipkin's list of spans has the same number as our list of resources, and its
/// spans have ids where resources and schemas would be.
pub fn for_request(body: &[u8]) -> Option<DecodeError> {
    let first = fields::messages(body, 1).next()?.ok()?;
    let length = |number| fields::messages(first, number).next()?.ok().map(<[u8]>::len);
    (matches!(length(1), Some(8 | 16)) && length(3) == Some(8)).then_some(DecodeError::WrongDoor {
        looks_like: "a Zipkin list of spans in protobuf",
        advice: "post it to /api/v2/spans",
    })
}

/// What a message in the place of a span seems to be. All three signals have the same envelope, so logs and metrics get as
/// far as their innermost message before they stop looking like spans.
pub fn for_span(bytes: &[u8]) -> Option<DecodeError> {
    let fields = Fields::of(bytes).take(FIELDS_MAX).collect::<Result<Vec<_>, _>>().ok()?;
    let has = |number, kind| fields.iter().any(|field| (field.number, field.kind) == (number, kind));
    // A span's times are fields 7 and 8 as fixed64; neither a log record nor a metric has those.
    if has(7, FIXED64) || has(8, FIXED64) {
        return None;
    }
    if has(1, FIXED64) || has(11, FIXED64) {
        return Some(DecodeError::WrongDoor { looks_like: "OTLP logs", advice: "post them to /v1/logs" });
    }
    let is_metric = [5, 7, 9, 10, 11].into_iter().any(|data| has(data, LENGTH_DELIMITED));
    (is_metric && has(1, LENGTH_DELIMITED))
        .then_some(DecodeError::WrongDoor { looks_like: "OTLP metrics", advice: "post them to /v1/metrics" })
}

/// Fields looked at before giving a verdict: a log record has 11, a metric 12.
const FIELDS_MAX: usize = 16;
