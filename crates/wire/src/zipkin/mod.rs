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

pub use json::decode as decode_json;
pub use protobuf::decode as decode_protobuf;
pub use v1::decode as decode_v1_json;

#[cfg(test)]
mod tests;
