//! Spans elsewhere that refer to a span by a link.

use serde::{Deserialize, Serialize};

use crate::id::{SpanId, TraceId};
use crate::space::Within;

/// Those that refer to one span.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linking {
    /// The first to begin.
    pub spans: Vec<LinkingSpan>,
    /// There are others beside these.
    pub more: bool,
}

/// A span that refers to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkingSpan {
    /// Its trace, as it was sent.
    pub trace_id: TraceId,
    /// Where that is.
    pub within: Within,
    /// Its id.
    pub span_id: SpanId,
    /// Its service.
    pub service: String,
    /// Its operation.
    pub operation: String,
}
