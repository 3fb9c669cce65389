//! OTLP traces, protobuf and JSON (opentelemetry-proto `docs/specification.md`).

pub mod json;
mod messages;
mod mistaken;
pub mod protobuf;
pub mod response;
mod status;
mod values;
