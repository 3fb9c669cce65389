//! OTLP traces, protobuf and JSON (opentelemetry-proto `docs/specification.md`).

pub mod json;
mod messages;
mod mistaken;
pub mod protobuf;
pub mod response;

/// Spans taken from one request body. SDKs send 512 at a time and collectors some thousands; a body made of more is made
/// of spans too small to be real, and each costs far more memory decoded than sent.
pub const BODY_SPANS_MAX: usize = 500_000;
