//! Spans cut into requests that a server can take beside others.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::iter::Peekable;
use std::vec;

use anyhow::Context;
use bytes::Bytes;
use flate2::read::GzDecoder;
use model::{SpanId, TraceId, Usd};
use wire::otlp::protobuf::{self, Encoder};
use wire::{Decoded, RawSpan};

use crate::exporter::packed;

/// Spans of one request: ten times what SDKs send, a twenty-fifth of what a server has room for by default.
const REQUEST_SPANS_MAX: usize = 2_000;

/// Bytes of one request but for its last span: a fifth of what a server has room for by default.
const REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Some spans, ready to be posted.
#[derive(Debug, Clone)]
pub struct Request {
    /// The packed body.
    pub body: Bytes,
    /// How many there are.
    pub spans: usize,
    /// When they began, first and last, in nanoseconds; `None` when no span says so.
    pub began_ns: Option<(u64, u64)>,
}

/// The requests that spans make, one after another.
pub struct Requests {
    spans: Peekable<vec::IntoIter<RawSpan>>,
    declared: HashMap<TraceId, Usd>,
    spans_max: usize,
    bytes_max: usize,
}

impl Requests {
    /// Cuts what was decoded. A total that was declared for a trace goes with every request that has a span of it, as the
    /// server listens to it only then; of several totals it listens to the first.
    pub fn of(spans: Vec<RawSpan>, declared: Vec<(TraceId, Usd)>) -> Self {
        Self::with_limits(spans, declared, REQUEST_SPANS_MAX, REQUEST_BYTES_MAX)
    }

    fn with_limits(spans: Vec<RawSpan>, totals: Vec<(TraceId, Usd)>, spans_max: usize, bytes_max: usize) -> Self {
        let mut declared = HashMap::new();
        for (trace_id, total) in totals {
            declared.entry(trace_id).or_insert(total);
        }
        Self { spans: spans.into_iter().peekable(), declared, spans_max, bytes_max }
    }
}

impl Iterator for Requests {
    type Item = anyhow::Result<Request>;

    fn next(&mut self) -> Option<Self::Item> {
        self.spans.peek()?;
        let (mut encoder, mut began_ns) = (Encoder::new(), None);
        let (mut ids, mut declared) = (HashSet::<(TraceId, SpanId)>::new(), Vec::new());
        while encoder.spans() < self.spans_max && encoder.bytes() < self.bytes_max {
            // A request keeps spans of one origin together. Of a span that comes twice the first version counts, so the second
            // one has to come after it: in the next request.
            let Some(span) = self.spans.next_if(|span| ids.insert((span.trace_id, span.span_id))) else { break };
            declared.extend(self.declared.get(&span.trace_id).map(|total| (span.trace_id, *total)));
            began_ns = together(began_ns, span.start_ns);
            encoder.add(&span);
        }
        declared.sort_unstable();
        declared.dedup();
        let spans = encoder.spans();
        Some(packed(&encoder.finish(&declared)).map(|body| Request { body, spans, began_ns }))
    }
}

impl Request {
    /// The same spans in two requests, for a server that takes less at a time; `None` for a single one.
    pub fn halves(&self) -> anyhow::Result<Option<[Self; 2]>> {
        if self.spans < 2 {
            return Ok(None);
        }
        let mut body = Vec::new();
        GzDecoder::new(self.body.as_ref()).read_to_end(&mut body).context("unpacking what was packed here")?;
        let Decoded { spans, declared, .. } = protobuf::decode(&body).context("reading what was written here")?;
        let half = spans.len().div_ceil(2);
        let mut halves = Requests::with_limits(spans, declared, half, usize::MAX);
        let (Some(first), Some(second)) = (halves.next(), halves.next()) else { return Ok(None) };
        Ok(Some([first?, second?]))
    }
}

/// A range of times with one more in it. No time is sent as zero.
pub fn together(range: Option<(u64, u64)>, time: u64) -> Option<(u64, u64)> {
    match range {
        _ if time == 0 => range,
        None => Some((time, time)),
        Some((first, last)) => Some((first.min(time), last.max(time))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn a_span(trace: u8, id: u8, name: String) -> RawSpan {
        let ids = (TraceId::from_bytes([trace; 16]).unwrap(), SpanId::from_bytes([id; 8]).unwrap());
        RawSpan { name, start_ns: u64::from(id), ..RawSpan::new(ids.0, ids.1) }
    }

    fn read_back(request: &Request) -> Decoded {
        let mut body = Vec::new();
        GzDecoder::new(request.body.as_ref()).read_to_end(&mut body).unwrap();
        protobuf::decode(&body).unwrap()
    }

    fn any_spans() -> impl Strategy<Value = Vec<RawSpan>> {
        let span = (1u8..4, 1u8..6, ".{0,40}").prop_map(|(trace, id, name)| a_span(trace, id, name));
        prop::collection::vec(span, 0..40)
    }

    proptest! {
        #[test]
        fn every_span_is_sent_once_and_in_order(
            spans in any_spans(), spans_max in 1usize..9, bytes_max in 1usize..400,
        ) {
            let total = [(TraceId::from_bytes([1; 16]).unwrap(), "0.5".parse().unwrap())];
            let requests = Requests::with_limits(spans.clone(), total.to_vec(), spans_max, bytes_max);
            let mut sent = Vec::new();
            for request in requests {
                let request = request.unwrap();
                let decoded = read_back(&request);
                prop_assert_eq!(decoded.spans.len(), request.spans);
                prop_assert!(request.spans <= spans_max);
                let but_one: Vec<RawSpan> = decoded.spans.split_last().unwrap().1.to_vec();
                let mut encoder = Encoder::new();
                but_one.iter().for_each(|span| encoder.add(span));
                prop_assert!(encoder.bytes() < bytes_max, "full before the last span");
                prop_assert_eq!(decoded.declared.is_empty(), decoded.spans.iter().all(|span| span.trace_id != total[0].0));
                let ids: HashSet<_> = decoded.spans.iter().map(|span| (span.trace_id, span.span_id)).collect();
                prop_assert_eq!(ids.len(), decoded.spans.len(), "a repeat comes later");
                sent.extend(decoded.spans);
            }
            prop_assert_eq!(sent, spans);
        }

        #[test]
        fn halves_are_the_whole(spans in any_spans()) {
            for request in Requests::of(spans, Vec::new()) {
                let request = request.unwrap();
                let whole = read_back(&request).spans;
                match request.halves().unwrap() {
                    None => prop_assert_eq!(whole.len(), 1),
                    Some([first, second]) => {
                        prop_assert!(first.spans.abs_diff(second.spans) <= 1);
                        prop_assert_eq!([read_back(&first).spans, read_back(&second).spans].concat(), whole);
                    }
                }
            }
        }
    }

    #[test]
    fn the_first_of_several_declared_totals_goes_along() {
        let trace_id = TraceId::from_bytes([1; 16]).unwrap();
        let declared = ["0.5", "0.75"].map(|total| (trace_id, total.parse().unwrap()));
        let mut requests = Requests::of(vec![a_span(1, 1, String::new())], declared.to_vec());
        assert_eq!(read_back(&requests.next().unwrap().unwrap()).declared, declared[..1]);
        assert!(requests.next().is_none());
    }

    #[test]
    fn times_that_are_not_sent_are_in_no_range() {
        assert_eq!(together(None, 0), None);
        assert_eq!([5, 0, 2, 9].into_iter().fold(None, together), Some((2, 9)));
    }
}
