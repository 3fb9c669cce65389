//! Shared spans: both halves of a call under one id, as B3 propagation has it and as Zipkin's and Jaeger's clients send it.
//!
//! A row per id would lose one half. The serving half gets an id of its own, [`SpanId::shared_twin`] of the one it was sent
//! with, and the calling half becomes its parent. What the serving half caused still names the old id; the tree puts it
//! where it belongs.
//!
//! [`SpanId::shared_twin`]: model::SpanId::shared_twin

use std::collections::HashSet;

use model::{SpanId, TraceId};

use crate::collect::{BODY_SPANS_MAX, Collector};
use crate::raw::RawSpan;
use crate::weight::Sent;
use crate::{DecodeError, Rejected};

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

/// Reads the spans of a list in which halves may share their id without saying so: serving spans beside calling ones with
/// the same id. Each is told with what it was sent as, and may be several once it is read.
pub fn read_list<'a, T: Copy, S: IntoIterator<Item = RawSpan>>(
    collector: &mut Collector<'_>,
    list: impl IntoIterator<Item = (Sent<'a>, T)> + Clone,
    mut read: impl FnMut(T) -> Result<S, Rejected>,
) -> Result<(), DecodeError> {
    let mut calling = Calling::default();
    if collector.is_slicing() {
        // The halves may be slices apart, so all spans are read once before, and forgotten.
        for (sent, one) in list.clone().into_iter().take(BODY_SPANS_MAX) {
            if sent.excess().is_none() {
                read(one).into_iter().flatten().for_each(|span| calling.learn(&span));
            }
        }
    }
    let first = collector.decoded.spans.len();
    for (sent, one) in list {
        collector.spans(sent, || Ok(read(one)?.into_iter().map(|span| calling.settle(span))))?;
    }
    if !collector.is_slicing() {
        let spans = collector.decoded.spans.split_off(first);
        spans.iter().for_each(|span| calling.learn(span));
        collector.decoded.spans.extend(spans.into_iter().map(|span| calling.settle(span)));
    }
    Ok(())
}

/// Ids of calling halves.
#[derive(Default)]
struct Calling(HashSet<(TraceId, SpanId)>);

impl Calling {
    fn learn(&mut self, span: &RawSpan) {
        if span.kind == CLIENT {
            self.0.insert((span.trace_id, span.span_id));
        }
    }

    fn settle(&self, mut span: RawSpan) -> RawSpan {
        if span.kind == SERVER && self.0.contains(&(span.trace_id, span.span_id)) {
            serve(&mut span);
        }
        span
    }
}
