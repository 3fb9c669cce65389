//! Gathering the spans of a body within bounds: what is small when sent may be large when read.

use std::collections::HashSet;
use std::sync::Arc;

use model::attribute::{Attributes, Value};

use crate::raw::{RawSpan, warn};
use crate::{DecodeError, Decoded, Rejected};

/// Spans of one body. SDKs send 512 at a time and collectors some thousands; a body made of more is made of spans too small
/// to be real, and each takes a few hundred bytes once read.
pub const BODY_SPANS_MAX: usize = 500_000;

/// Attribute values of one body, nested ones included. An empty one is two bytes when sent and about ninety when read, so
/// this bounds a body to some 400 MB in memory; the largest body of ordinary spans (64 MiB) has half as many.
const BODY_VALUES_MAX: usize = 4_000_000;

/// Lists and maps around an attribute value. What is nested deeper is kept as JSON text: the database keeps a span in
/// protobuf, where a map takes three messages and a reader refuses more than a hundred, three of them around the value.
pub const VALUE_DEPTH_MAX: usize = 30;

/// Bytes of one span as sent: room for an attribute of several megabytes.
pub const SPAN_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Whether a resource sent as so many bytes is small enough to be read; otherwise its spans go without one.
pub fn resource_fits(bytes: usize, warnings: &mut Vec<String>) -> bool {
    if bytes > SPAN_BYTES_MAX {
        warn(warnings, format!("a resource of {bytes} bytes was left out; expected at most {SPAN_BYTES_MAX}"));
    }
    bytes <= SPAN_BYTES_MAX
}

/// What has been read of a body so far.
pub struct Collector {
    /// What to hand over at the end.
    pub decoded: Decoded,
    expected: &'static str,
    values: usize,
    /// Where the resources are that have been counted: spans share theirs. None is freed while a span in `decoded` has it.
    resources: HashSet<*const Attributes>,
}

impl Collector {
    /// Nothing yet, of a body that should be `expected`.
    pub fn new(expected: &'static str) -> Self {
        Self { decoded: Decoded::default(), expected, values: 0, resources: HashSet::new() }
    }

    /// Whether the body has had as many spans as one may have.
    pub fn is_full(&self) -> bool {
        self.decoded.spans.len() + self.decoded.rejected.len() >= BODY_SPANS_MAX
    }

    /// Takes the next span, sent as `bytes` many, or counts it as refused. An error means that the body has too many.
    pub fn span(&mut self, bytes: usize, read: impl FnOnce() -> Result<RawSpan, Rejected>) -> Result<(), DecodeError> {
        self.spans(bytes, || read().map(|span| [span]))
    }

    /// Like [`Self::span`], for protocols in which what is sent as one span may be several.
    pub fn spans<S: IntoIterator<Item = RawSpan>>(
        &mut self,
        bytes: usize,
        read: impl FnOnce() -> Result<S, Rejected>,
    ) -> Result<(), DecodeError> {
        if self.is_full() {
            let reason = format!("more than {BODY_SPANS_MAX} spans in one body");
            return Err(DecodeError::Malformed { expected: self.expected, reason });
        }
        let refuse = |reason| Err(Rejected { span_id: None, reason });
        let read = if bytes > SPAN_BYTES_MAX {
            refuse(format!("a span of {bytes} bytes; expected at most {SPAN_BYTES_MAX}"))
        } else if self.values >= BODY_VALUES_MAX {
            refuse(format!("the spans before it have {BODY_VALUES_MAX} attribute values; send smaller batches"))
        } else {
            read()
        };
        match read {
            Ok(spans) => {
                for span in spans {
                    self.values += values_of(&span);
                    if self.resources.insert(Arc::as_ptr(&span.origin.resource)) {
                        self.values += count(&span.origin.resource);
                    }
                    self.decoded.spans.push(span);
                }
            }
            Err(rejected) => self.decoded.rejected.push(rejected),
        }
        Ok(())
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
    use model::{SpanId, TraceId};

    fn a_span(values: usize) -> RawSpan {
        let span = RawSpan::new(TraceId::from_bytes([1; 16]).unwrap(), SpanId::from_bytes([1; 8]).unwrap());
        let nested = Value::Array(vec![Value::Empty; values - 1]);
        RawSpan { attributes: Attributes(vec![("k".into(), nested)]), ..span }
    }

    #[test]
    fn past_the_values_of_a_body_spans_are_refused_and_the_earlier_ones_kept() {
        let mut collector = Collector::new("a test");
        for _ in 0..3 {
            collector.span(10, || Ok(a_span(BODY_VALUES_MAX / 2))).unwrap();
        }
        assert_eq!((collector.decoded.spans.len(), collector.decoded.rejected.len()), (2, 1));
        assert!(collector.decoded.rejected[0].reason.contains("send smaller batches"));
    }

    #[test]
    fn the_values_of_a_resource_count_once_for_all_spans_that_share_it() {
        let mut collector = Collector::new("a test");
        let half = Attributes(vec![("k".into(), Value::Array(vec![Value::Empty; BODY_VALUES_MAX / 2]))]);
        let origin = Arc::new(Origin { resource: Arc::new(half.clone()), ..Origin::default() });
        for _ in 0..3 {
            collector.span(10, || Ok(RawSpan { origin: Arc::clone(&origin), ..a_span(1) })).unwrap();
        }
        assert_eq!(collector.decoded.rejected, []);
        let own = Arc::new(Origin { resource: Arc::new(half), ..Origin::default() });
        collector.span(10, || Ok(RawSpan { origin: own, ..a_span(1) })).unwrap();
        collector.span(10, || Ok(a_span(1))).unwrap();
        assert_eq!((collector.decoded.spans.len(), collector.decoded.rejected.len()), (4, 1));
    }

    #[test]
    fn a_resource_of_more_bytes_than_any_is_left_out_with_a_warning() {
        let mut warnings = Vec::new();
        assert!(resource_fits(SPAN_BYTES_MAX, &mut warnings) && warnings.is_empty());
        assert!(!resource_fits(SPAN_BYTES_MAX + 1, &mut warnings) && warnings.len() == 1);
    }

    #[test]
    fn a_span_of_more_bytes_than_any_is_refused_unread() {
        let mut collector = Collector::new("a test");
        collector.span(SPAN_BYTES_MAX + 1, || unreachable!("it is not read")).unwrap();
        assert_eq!(collector.decoded.rejected.len(), 1);
    }

    #[test]
    fn a_body_of_more_spans_than_any_is_an_error() {
        let mut collector = Collector::new("a test");
        let refused = || Err(Rejected { span_id: None, reason: String::new() });
        for _ in 0..BODY_SPANS_MAX {
            collector.span(1, refused).unwrap();
        }
        assert!(collector.span(1, refused).unwrap_err().to_string().contains("more than 500000 spans"));
    }
}
