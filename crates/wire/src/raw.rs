//! A span as a protocol said it, before any meaning is read into its attributes.

use std::sync::Arc;

use model::attribute::Attributes;
use model::span::Link;
use model::{SpanId, TraceId};

/// What the protocol said about one span. Only the ids have been judged: they are valid.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSpan {
    /// The trace it belongs to.
    pub trace_id: TraceId,
    /// Its own id.
    pub span_id: SpanId,
    /// The span that caused it; absent, empty and all-zero parents are all `None`.
    pub parent_span_id: Option<SpanId>,
    /// Operation name, possibly empty.
    pub name: String,
    /// OTLP span kind number, as sent.
    pub kind: i32,
    /// Start in nanoseconds since the Unix epoch, as sent.
    pub start_ns: u64,
    /// End in nanoseconds since the Unix epoch, as sent; may lie before the start.
    pub end_ns: u64,
    /// OTLP status code number, as sent.
    pub status_code: i32,
    /// Words about a failure, possibly empty.
    pub status_message: String,
    /// What the protocol says in fields of its own rather than attributes, under attribute names; wins over `attributes`.
    pub fields: Attributes,
    /// Span attributes.
    pub attributes: Attributes,
    /// Where it came from, shared with the spans beside it.
    pub origin: Arc<Origin>,
    /// Events.
    pub events: Vec<RawEvent>,
    /// Links.
    pub links: Vec<Link>,
    /// W3C tracestate.
    pub trace_state: String,
    /// W3C flags and OTLP flag bits.
    pub flags: u32,
    /// Attributes, events and links the client dropped.
    pub dropped: [u32; 3],
    /// What was odd while decoding.
    pub warnings: Vec<String>,
}

/// The resource and the instrumentation scope spans came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Origin {
    /// Resource attributes.
    pub resource: Arc<Attributes>,
    /// Instrumentation scope name.
    pub scope_name: String,
    /// Instrumentation scope version.
    pub scope_version: String,
}

/// An event as sent.
#[derive(Debug, Clone, PartialEq)]
pub struct RawEvent {
    /// Nanoseconds since the Unix epoch.
    pub time_ns: u64,
    /// Its name.
    pub name: String,
    /// Its attributes.
    pub attributes: Attributes,
}

impl RawSpan {
    /// A span of which only the ids are known.
    pub fn new(trace_id: TraceId, span_id: SpanId) -> Self {
        Self {
            trace_id,
            span_id,
            parent_span_id: None,
            name: String::new(),
            kind: 0,
            start_ns: 0,
            end_ns: 0,
            status_code: 0,
            status_message: String::new(),
            fields: Attributes::default(),
            attributes: Attributes::default(),
            origin: Arc::default(),
            events: Vec::new(),
            links: Vec::new(),
            trace_state: String::new(),
            flags: 0,
            dropped: [0; 3],
            warnings: Vec::new(),
        }
    }
}

/// Warnings kept per span: past this they say nothing new, and a span of broken attributes must not multiply.
const WARNINGS_MAX: usize = 20;

/// Adds a warning, once, unless there are plenty already.
pub fn warn(warnings: &mut Vec<String>, warning: impl Into<String>) {
    if warnings.len() < WARNINGS_MAX {
        let warning = warning.into();
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
}
