//! Who tells messages how: a file per dialect.

use super::{Message, Side};
use crate::span::Span;

mod flattened;
mod langfuse;
mod mlflow;
mod openinference;
mod otel_events;
mod otel_messages;
mod plain;
mod pydantic_ai;
mod traceloop;
mod vercel_ai;

/// How one dialect tells messages.
pub struct Dialect {
    /// Attributes that hold them.
    pub keys: &'static [&'static str],
    /// Beginnings of the names of attributes that hold parts of them.
    pub prefixes: &'static [&'static str],
    /// Reads those of one side; none when the span does not speak it.
    pub read: fn(&Span, Side) -> Vec<Message>,
}

/// Those that say the most first: what has roles and tools goes before what is only a value.
pub const DIALECTS: [Dialect; 10] = [
    otel_messages::DIALECT,
    openinference::DIALECT,
    flattened::DIALECT,
    vercel_ai::DIALECT,
    otel_events::DIALECT,
    pydantic_ai::DIALECT,
    langfuse::DIALECT,
    traceloop::DIALECT,
    mlflow::DIALECT,
    plain::DIALECT,
];
