//! Gathering the spans of a body within bounds: what is small when sent may be large when read.

use std::collections::HashSet;
use std::sync::Arc;

use model::TraceId;
use model::attribute::{Attributes, Value};

use crate::raw::{RawSpan, warn};
use crate::weight::{SPAN_BYTES_MAX, Sent};
use crate::{DecodeError, Decoded, Rejected};

/// Spans of one body. SDKs send 512 at a time and collectors some thousands; a body made of more is made of spans too small
/// to be real, and each takes a few hundred bytes once read.
pub const BODY_SPANS_MAX: usize = 500_000;

/// Spans of a slice: a transaction of more costs hardly less per span (6.6 µs with 5 000, 10.1 µs with 500).
pub const SLICE_SPANS_MAX: usize = 5_000;

/// Attribute values of a slice, nested ones included, at about ninety bytes each: twice what so many ordinary spans have.
/// The span that exceeds it may add as many as one may have.
const SLICE_VALUES_MAX: usize = 200_000;

/// Bytes of a slice as sent; likewise.
const SLICE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Lists and maps around an attribute value. What is nested deeper is kept as JSON text: the database keeps a span in
/// protobuf, where a map takes three messages and a reader refuses more than a hundred, three of them around the value.
pub const VALUE_DEPTH_MAX: usize = 30;

/// Whether a resource sent as so many bytes is small enough to be read; otherwise its spans go without one.
pub fn resource_fits(bytes: usize, warnings: &mut Vec<String>) -> bool {
    if bytes > SPAN_BYTES_MAX {
        warn(warnings, format!("a resource of {bytes} bytes was left out; expected at most {SPAN_BYTES_MAX}"));
    }
    bytes <= SPAN_BYTES_MAX
}

/// What has been read of a body so far, or since its last slice was handed over.
pub struct Collector<'a> {
    /// What to hand over next.
    pub decoded: Decoded,
    expected: &'static str,
    /// Bytes of what is in `decoded`, as they were sent.
    bytes: usize,
    /// Where slices go; without it everything is kept.
    slices: Option<&'a mut dyn FnMut(Decoded)>,
    /// Spans of the whole body so far, taken and refused.
    spans: usize,
    /// Of them taken.
    taken: usize,
    /// Where the resources are that have been counted: spans share theirs. None is freed while a span in `decoded` has it.
    resources: HashSet<*const Attributes>,
    /// What every refusal begins with: where in the body it is.
    place: String,
}

impl<'a> Collector<'a> {
    /// Keeps a whole body, which should be `expected`.
    pub fn whole(expected: &'static str) -> Self {
        Self {
            decoded: Decoded::default(),
            expected,
            bytes: 0,
            slices: None,
            spans: 0,
            taken: 0,
            resources: HashSet::new(),
            place: String::new(),
        }
    }

    /// Hands over slices of a body.
    pub fn slicing(expected: &'static str, to: &'a mut dyn FnMut(Decoded)) -> Self {
        Self { slices: Some(to), ..Self::whole(expected) }
    }

    /// Whether slices are handed over before all of the body has been read.
    pub const fn is_slicing(&self) -> bool {
        self.slices.is_some()
    }

    /// Whether the body has brought a span that was taken.
    pub const fn has_spans(&self) -> bool {
        self.taken > 0
    }

    /// Whether the body has had as many spans as one may have.
    pub const fn is_full(&self) -> bool {
        self.spans >= BODY_SPANS_MAX
    }

    /// What refusals begin with from here on.
    pub fn at(&mut self, place: String) {
        self.place = place;
    }

    /// Takes the next span, or counts it as refused. An error means that the body has too many.
    pub fn span(
        &mut self,
        sent: Sent<'_>,
        read: impl FnOnce() -> Result<RawSpan, Rejected>,
    ) -> Result<(), DecodeError> {
        self.spans(sent, || read().map(|span| [span]))
    }

    /// Like [`Self::span`], for protocols in which what is sent as one span may be several.
    pub fn spans<S: IntoIterator<Item = RawSpan>>(
        &mut self,
        sent: Sent<'_>,
        read: impl FnOnce() -> Result<S, Rejected>,
    ) -> Result<(), DecodeError> {
        let refuse = |reason| Err(Rejected::of("", reason));
        match sent.excess().map_or_else(read, refuse) {
            Err(rejected) => self.refuse(rejected),
            Ok(spans) => {
                self.count()?;
                self.bytes += sent.len();
                for span in spans {
                    self.decoded.values += values_of(&span);
                    if self.resources.insert(Arc::as_ptr(&span.origin.resource)) {
                        self.decoded.values += count(&span.origin.resource);
                    }
                    self.decoded.spans.push(span);
                    self.taken += 1;
                }
                self.hand_over_when_full();
                Ok(())
            }
        }
    }

    /// Counts a span as refused. An error means that the body has too many.
    pub fn refuse(&mut self, rejected: Rejected) -> Result<(), DecodeError> {
        self.count()?;
        let reason = if self.place.is_empty() { rejected.reason } else { self.place.clone() + &rejected.reason };
        self.decoded.rejected.push(Rejected { reason, ..rejected });
        self.hand_over_when_full();
        Ok(())
    }

    /// Hands over what is left of a body that is sliced.
    pub fn finish(mut self) {
        self.hand_over();
    }

    fn count(&mut self) -> Result<(), DecodeError> {
        if self.is_full() {
            let reason = format!("more than {BODY_SPANS_MAX} spans in one body");
            return Err(DecodeError::Malformed { expected: self.expected, reason });
        }
        self.spans += 1;
        Ok(())
    }

    fn hand_over_when_full(&mut self) {
        let slice = &self.decoded;
        let spans = slice.spans.len() + slice.rejected.len();
        if spans >= SLICE_SPANS_MAX || slice.values >= SLICE_VALUES_MAX || self.bytes >= SLICE_BYTES_MAX {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        if let Some(to) = &mut self.slices {
            self.resources.clear();
            self.bytes = 0;
            let mut slice = std::mem::take(&mut self.decoded);
            if !slice.declared.is_empty() {
                // A total is kept with a span of its trace, so it waits for the first one.
                let traces: HashSet<TraceId> = slice.spans.iter().map(|span| span.trace_id).collect();
                let declared = std::mem::take(&mut slice.declared).into_iter();
                (slice.declared, self.decoded.declared) = declared.partition(|(trace_id, _)| traces.contains(trace_id));
            }
            to(slice);
        }
    }
}

fn values_of(span: &RawSpan) -> usize {
    let events = span.events.iter().map(|event| 1 + count(&event.attributes));
    let links = span.links.iter().map(|link| 1 + count(&link.attributes));
    count(&span.fields) + count(&span.attributes) + events.sum::<usize>() + links.sum::<usize>()
}

fn count(attributes: &Attributes) -> usize {
    attributes.0.iter().map(|(_, value)| weigh(value)).sum()
}

/// Recursion ends where decoding did: no protocol reads values nested more than 128 deep.
fn weigh(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(weigh).sum::<usize>(),
        Value::Map(map) => 1 + count(map),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::Origin;
    use model::SpanId;

    fn a_span(values: usize) -> RawSpan {
        let span = RawSpan::new(TraceId::from_bytes([1; 16]).unwrap(), SpanId::from_bytes([1; 8]).unwrap());
        let nested = Value::Array(vec![Value::Empty; values - 1]);
        RawSpan { attributes: Attributes(vec![("k".into(), nested)]), ..span }
    }

    fn take(collector: &mut Collector<'_>, span: RawSpan) {
        collector.span(Sent::otlp(b""), || Ok(span)).unwrap();
    }

    /// Spans and values of the slices that some spans become.
    fn slices(spans: impl IntoIterator<Item = RawSpan>) -> Vec<(usize, usize)> {
        let mut slices = Vec::new();
        let mut to = |slice: Decoded| slices.push((slice.spans.len(), slice.values));
        let mut collector = Collector::slicing("a test", &mut to);
        spans.into_iter().for_each(|span| take(&mut collector, span));
        collector.finish();
        slices
    }

    #[test]
    fn a_slice_ends_with_the_span_that_fills_it_by_values_or_by_number_of_spans() {
        let large = SLICE_VALUES_MAX / 2 + 1;
        assert_eq!(slices((0..5).map(|_| a_span(large))), [(2, 2 * large), (2, 2 * large), (1, large)]);
        let many = slices((0..SLICE_SPANS_MAX + 1).map(|_| a_span(1)));
        assert_eq!(many.iter().map(|(spans, _)| *spans).collect::<Vec<_>>(), [SLICE_SPANS_MAX, 1]);
    }

    #[test]
    fn a_slice_ends_with_the_span_that_fills_it_by_bytes() {
        let (mut slices, bytes) = (0, vec![0; SLICE_BYTES_MAX / 2 + 1]);
        let mut to = |slice: Decoded| slices += slice.spans.len();
        let mut collector = Collector::slicing("a test", &mut to);
        for _ in 0..3 {
            collector.span(Sent::counted_when_read(&bytes), || Ok(a_span(1))).unwrap();
        }
        drop(collector);
        assert_eq!(slices, 2, "the third is not handed over yet");
    }

    #[test]
    fn the_values_of_a_resource_count_once_for_all_spans_that_share_it() {
        let mut collector = Collector::whole("a test");
        let shared = Attributes(vec![("k".into(), Value::Array(vec![Value::Empty; 99]))]);
        let origin = Arc::new(Origin { resource: Arc::new(shared.clone()), ..Origin::default() });
        for _ in 0..3 {
            take(&mut collector, RawSpan { origin: Arc::clone(&origin), ..a_span(1) });
        }
        assert_eq!(collector.decoded.values, 103);
        take(
            &mut collector,
            RawSpan { origin: Arc::new(Origin { resource: Arc::new(shared), ..Origin::default() }), ..a_span(1) },
        );
        assert_eq!(collector.decoded.values, 204);
    }

    #[test]
    fn a_resource_of_more_bytes_than_any_is_left_out_with_a_warning() {
        let mut warnings = Vec::new();
        assert!(resource_fits(SPAN_BYTES_MAX, &mut warnings) && warnings.is_empty());
        assert!(!resource_fits(SPAN_BYTES_MAX + 1, &mut warnings) && warnings.len() == 1);
    }

    #[test]
    fn a_span_of_more_bytes_than_any_is_refused_unread() {
        let (mut collector, bytes) = (Collector::whole("a test"), vec![0; SPAN_BYTES_MAX + 1]);
        collector.span(Sent::otlp(&bytes), || unreachable!("it is not read")).unwrap();
        assert_eq!(collector.decoded.rejected.len(), 1);
    }

    #[test]
    fn a_body_of_more_spans_than_any_is_an_error_even_when_slices_of_it_are_gone() {
        for mut to in [None, Some(|_| ())] {
            let mut collector =
                to.as_mut().map_or_else(|| Collector::whole("a test"), |to| Collector::slicing("a test", to));
            for _ in 0..BODY_SPANS_MAX {
                collector.refuse(Rejected::of("", "")).unwrap();
            }
            let error = collector.span(Sent::otlp(b""), || Ok(a_span(1))).unwrap_err();
            assert!(error.to_string().contains("more than 500000 spans"));
        }
    }
}
