//! Shared spans: both halves of a call under one id, as B3 propagation has it and as Zipkin's and Jaeger's clients send it.
//!
//! A row per id would lose one half. The serving half gets an id of its own, [`SpanId::shared_twin`] of the one it was sent
//! with, and the calling half becomes its parent. What the serving half caused still names the old id; the tree puts it
//! where it belongs.
//!
//! [`SpanId::shared_twin`]: model::SpanId::shared_twin

use std::collections::HashSet;

use model::{SpanId, TraceId};

use crate::raw::RawSpan;

/// OTLP kind of the serving half.
const SERVER: i32 = 2;

/// OTLP kind of the calling half.
const CLIENT: i32 = 3;

/// Makes the span the child of the calling half it shares its id with. A calling half keeps the id it made.
pub fn serve(span: &mut RawSpan) {
    if span.kind != CLIENT {
        span.parent_span_id = Some(span.span_id);
        span.span_id = span.span_id.shared_twin();
    }
}

/// Finds halves that do not say that they share an id: serving spans beside calling ones with the same id.
pub fn find(spans: &mut [RawSpan]) {
    let id = |span: &RawSpan| (span.trace_id, span.span_id);
    let calling: HashSet<(TraceId, SpanId)> = spans.iter().filter(|span| span.kind == CLIENT).map(id).collect();
    for span in spans.iter_mut().filter(|span| span.kind == SERVER) {
        if calling.contains(&id(span)) {
            serve(span);
        }
    }
}
