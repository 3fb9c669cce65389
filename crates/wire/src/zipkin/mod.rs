//! Zipkin: version 2 in JSON and protobuf, and version 1 in JSON (openzipkin/zipkin-api).
//!
//! Every encoding is read into the same `span::Sent`, which knows what a Zipkin span means; `v1` first takes apart what that
//! version puts into one span. Two things are unlike every other protocol: a call's two halves may be sent with one id
//! (`shared`), and what OpenTelemetry has fields for arrives in tags and in texts of annotations (`crate::tagged`, `event`).

mod endpoint;
mod event;
mod json;
mod messages;
mod protobuf;
mod span;
mod v1;

pub use json::FORMAT as JSON;
pub use protobuf::FORMAT as PROTOBUF;
pub use v1::FORMAT as V1_JSON;

use crate::{DecodeError, Decoded};

/// Reads a whole list in JSON.
pub fn decode_json(body: &[u8]) -> Result<Decoded, DecodeError> {
    JSON.decode(body)
}

/// Reads a whole list in protobuf.
pub fn decode_protobuf(body: &[u8]) -> Result<Decoded, DecodeError> {
    PROTOBUF.decode(body)
}

/// Reads a whole list of version 1.
pub fn decode_v1_json(body: &[u8]) -> Result<Decoded, DecodeError> {
    V1_JSON.decode(body)
}

/// A trace id with the digits that short ones leave out.
fn full(trace_id: &str) -> String {
    if trace_id.is_empty() { String::new() } else { format!("{trace_id:0>32}") }
}

#[cfg(test)]
mod tests;
