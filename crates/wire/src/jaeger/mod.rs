//! Jaeger: what its clients send ([`thrift`]) and what its query API and UI give out ([`json`]).
//!
//! Both are read into `span::Sent`, which knows what a Jaeger span means. Jaeger has tags where OpenTelemetry has fields; what
//! its tags stand for is in `crate::tagged`.

pub mod json;
mod span;
pub mod thrift;
