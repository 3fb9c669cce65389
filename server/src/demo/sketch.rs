//! A trace being drawn: spans opened, edited and closed on a time line of its own that begins at zero.
//!
//! Times are microseconds from the start of the trace; [`Sketch::finish`] moves the trace to where it happened.

use std::ops::Range;

use chrono::{DateTime, Utc};
use model::attribute::{Attributes, Value};
use model::span::{Link, SpanKind};
use model::time::UnixNanos;
use model::{SpanId, TraceId};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use wire::RawSpan;
use wire::raw::RawEvent;

use super::cast::{Cast, Service, Tenant};

const NANOS_PER_MICRO: u64 = 1_000;

/// Spans in a thousand whose instrumentation is too old to say what they cost.
const UNPRICED_PER_MILLE: u32 = 13;

/// Traces in a thousand that lose a span on the way, as traces do.
const INCOMPLETE_PER_MILLE: u32 = 4;

/// A span of the sketch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line(usize);

/// A trace being drawn.
pub struct Sketch<'a> {
    cast: &'a Cast,
    /// Decides everything left to chance in this trace.
    pub rng: ChaCha8Rng,
    /// Who pays for it.
    pub tenant: &'static Tenant,
    user: &'static str,
    session: String,
    trace_id: TraceId,
    spans: Vec<RawSpan>,
}

impl<'a> Sketch<'a> {
    /// An empty trace of `tenant` on behalf of `user`.
    pub fn new(cast: &'a Cast, mut rng: ChaCha8Rng, tenant: &'static Tenant, user: &'static str) -> Self {
        let trace_id = trace_id(&mut rng);
        let session = format!("sess_{:06x}", rng.random_range(0..0x0100_0000_u32));
        Self { cast, rng, tenant, user, session, trace_id, spans: Vec::new() }
    }

    /// A span that begins at `at`; it has no end until it is closed.
    pub fn open(
        &mut self,
        parent: impl Into<Option<Line>>,
        service: Service,
        kind: SpanKind,
        name: impl Into<String>,
        at: u64,
    ) -> Line {
        let span_id = span_id(&mut self.rng);
        let parent: Option<Line> = parent.into();
        let span = RawSpan {
            parent_span_id: parent.map(|line| self.spans[line.0].span_id),
            name: name.into(),
            kind: i32::from(kind.code()),
            start_ns: at * NANOS_PER_MICRO,
            end_ns: at * NANOS_PER_MICRO,
            origin: self.cast.instance(service, &mut self.rng),
            flags: 0x101,
            ..RawSpan::new(self.trace_id, span_id)
        };
        self.spans.push(span);
        let line = Line(self.spans.len() - 1);
        let (tenant, user, session) = (self.tenant.name, self.user, self.session.clone());
        self.edit(line)
            .set("tenant", tenant)
            .set("user.id", user)
            .set("session.id", session)
            .set("capability", service.capability());
        line
    }

    /// Changes a span.
    pub fn edit(&mut self, line: Line) -> Edit<'_> {
        Edit(&mut self.spans[line.0])
    }

    /// The span that was opened last.
    pub const fn last(&self) -> Line {
        Line(self.spans.len().saturating_sub(1))
    }

    /// A length of time within `micros`.
    pub fn between(&mut self, micros: Range<u64>) -> u64 {
        self.rng.random_range(micros)
    }

    /// Whether something with this many chances in a thousand happens.
    pub fn happens(&mut self, per_mille: u32) -> bool {
        self.rng.random_range(0..1_000) < per_mille
    }

    /// The spans, with the last of them ending at `end`.
    pub fn finish(mut self, end: DateTime<Utc>) -> Vec<RawSpan> {
        let end = u64::try_from(UnixNanos::from_datetime(end).0).unwrap_or_default();
        let length = self.spans.iter().map(|span| span.end_ns).max().unwrap_or_default();
        let start = end.saturating_sub(length);
        for index in 0..self.spans.len() {
            if self.happens(UNPRICED_PER_MILLE) {
                self.edit(Line(index)).forget_cost();
            }
        }
        if self.spans.len() > 3 && self.happens(INCOMPLETE_PER_MILLE) {
            let lost = self.rng.random_range(1..self.spans.len());
            self.spans.remove(lost);
        }
        for span in &mut self.spans {
            span.start_ns += start;
            span.end_ns += start;
            span.events.iter_mut().for_each(|event| event.time_ns += start);
        }
        self.spans
    }
}

/// A span being edited; every method gives it back, so that edits chain.
pub struct Edit<'a>(&'a mut RawSpan);

impl Edit<'_> {
    /// Sets an attribute, replacing what was there.
    pub fn set(self, key: &str, value: impl Into<Value>) -> Self {
        let attributes = &mut self.0.attributes.0;
        match attributes.iter_mut().find(|(known, _)| known == key) {
            Some((_, old)) => *old = value.into(),
            None => attributes.push((key.into(), value.into())),
        }
        self
    }

    /// What the service says it cost, in US dollars.
    pub fn costing(self, usd: f64) -> Self {
        self.set("cost_usd", usd)
    }

    /// Ends it.
    pub fn until(self, at: u64) -> Self {
        self.0.end_ns = at * NANOS_PER_MICRO;
        self
    }

    /// Says that it went well.
    pub fn ok(self) -> Self {
        self.0.status_code = 1;
        self
    }

    /// Says that it failed, and with which exception, at its end.
    pub fn failed(self, kind: &str, message: &str) -> Self {
        self.0.status_code = 2;
        message.clone_into(&mut self.0.status_message);
        let at = self.0.end_ns;
        let stack = format!("{kind}: {message}\n    at {}:{}", self.0.name, at % 400 + 12);
        self.event_ns(
            at,
            "exception",
            &[
                ("exception.type", kind.into()),
                ("exception.message", message.into()),
                ("exception.stacktrace", stack.into()),
            ],
        )
    }

    /// Something that happened within it.
    pub fn event(self, at: u64, name: &str, attributes: &[(&str, Value)]) -> Self {
        self.event_ns(at * NANOS_PER_MICRO, name, attributes)
    }

    fn event_ns(self, time_ns: u64, name: &str, attributes: &[(&str, Value)]) -> Self {
        let attributes = attributes.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
        self.0.events.push(RawEvent { time_ns, name: name.to_owned(), attributes: Attributes(attributes) });
        self
    }

    /// Points to the span that put the message on the queue.
    pub fn linked_to_parent(self) -> Self {
        if let Some(span_id) = self.0.parent_span_id {
            let reason = Attributes(vec![("messaging.link".into(), Value::from("publish"))]);
            self.0.links.push(Link { trace_id: self.0.trace_id, span_id, attributes: reason });
        }
        self
    }

    fn forget_cost(self) {
        let is_model_call = self.0.attributes.get("gen_ai.usage.input_tokens").is_some();
        if !is_model_call {
            self.0.attributes.0.retain(|(key, _)| key != "cost_usd" && key != "operation_type");
        }
    }
}

/// Random ids; the one in 2^64 that is all zero is drawn again.
fn trace_id(rng: &mut ChaCha8Rng) -> TraceId {
    loop {
        if let Ok(id) = TraceId::from_bytes(rng.random()) {
            return id;
        }
    }
}

fn span_id(rng: &mut ChaCha8Rng) -> SpanId {
    loop {
        if let Ok(id) = SpanId::from_bytes(rng.random()) {
            return id;
        }
    }
}

/// The generator of a trace, from the key of its arrival.
pub fn rng(key: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(key)
}
