//! What a Zipkin span means, whatever it was encoded in.

use model::attribute::{Attributes, Value};
use model::{SpanId, TraceId};

use super::endpoint::Endpoint;
use super::event;
use crate::origins::Origins;
use crate::raw::{RawSpan, warn};
use crate::shared;
use crate::tagged::{self, micros};

/// OTLP kind of a span that names none: Zipkin's are all about calls and messages.
const INTERNAL: i32 = 1;

/// The W3C flag of a span that was sampled. Debug spans were, whatever any sampler said.
const SAMPLED: u32 = 0x01;

/// A span as Zipkin knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub parent_id: Option<SpanId>,
    /// OTLP number of the kind; 0 when none was sent.
    pub kind: i32,
    pub name: String,
    /// Start in microseconds; a span that is told in parts may lack it.
    pub timestamp_us: Option<u64>,
    /// Absent for a span that was sent before it ended.
    pub duration_us: Option<u64>,
    /// Who sent the span.
    pub local: Endpoint,
    /// The other side.
    pub remote: Endpoint,
    /// Times in microseconds and texts.
    pub annotations: Vec<(u64, String)>,
    pub tags: Attributes,
    pub debug: bool,
    /// The span id was made by the caller, who sends a span of its own under it.
    pub shared: bool,
    pub warnings: Vec<String>,
}

impl Sent {
    /// A span of which only the ids are known.
    pub fn new(trace_id: TraceId, span_id: SpanId) -> Self {
        Self {
            trace_id,
            span_id,
            parent_id: None,
            kind: 0,
            name: String::new(),
            timestamp_us: None,
            duration_us: None,
            local: Endpoint::default(),
            remote: Endpoint::default(),
            annotations: Vec::new(),
            tags: Attributes::default(),
            debug: false,
            shared: false,
            warnings: Vec::new(),
        }
    }

    /// The span in our words.
    pub fn into_raw(mut self, origins: &mut Origins<Endpoint>) -> RawSpan {
        let mut span = RawSpan {
            parent_span_id: self.parent_id,
            name: std::mem::take(&mut self.name),
            kind: self.kind,
            flags: if self.debug { SAMPLED } else { 0 },
            warnings: std::mem::take(&mut self.warnings),
            ..RawSpan::new(self.trace_id, self.span_id)
        };
        self.times(&mut span);
        // Exporters send what they know of the process as tags, its name included.
        if let Some(service) = self.tags.text("service.name").filter(|_| self.local.service.is_empty()) {
            self.local.service = service.to_owned();
        }
        let scope = tagged::settle(&mut span, self.tags);
        span.origin = origins.of(self.local, scope, Endpoint::resource);
        for (key, value) in self.remote.peer().0 {
            if span.attributes.get(&key).is_none() {
                span.attributes.0.push((key, value));
            }
        }
        let event = |(at, text)| event::read(micros(at), text, &mut span.warnings);
        span.events = self.annotations.into_iter().map(event).collect();
        if span.kind == 0 {
            span.kind = INTERNAL;
        }
        if self.shared {
            shared::serve(&mut span);
        }
        span
    }

    fn times(&self, span: &mut RawSpan) {
        let earliest = || self.annotations.iter().map(|(at, _)| *at).filter(|at| *at > 0).min();
        let start = self.timestamp_us.filter(|at| *at > 0).or_else(|| {
            let earliest = earliest()?;
            warn(&mut span.warnings, "no timestamp was sent; that of the earliest annotation is taken for it");
            Some(earliest)
        });
        if start.is_none() {
            warn(&mut span.warnings, "no timestamp was sent");
        }
        tagged::times(span, start, self.duration_us);
    }
}

/// Tag values are texts; what else is sent in their place is written out.
pub fn tag(value: &serde_json::Value) -> Value {
    Value::from(crate::json::text(value).unwrap_or_else(|| value.to_string()))
}
