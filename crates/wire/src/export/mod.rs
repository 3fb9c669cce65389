//! Spans out, in the formats other tools read: what [`crate::otlp`] and [`crate::jaeger`] read, they write.
//!
//! Written is what the sender said. What this product worked out itself (a derived cost, an inherited owner, a verdict) is left out, so
//! that whoever reads a file works it out by their own rules instead of taking it for a report.

pub mod jaeger;
pub mod otlp;

mod said;
#[cfg(test)]
mod tests;

/// The service of spans that name none.
const NO_SERVICE: &str = "unknown_service";
