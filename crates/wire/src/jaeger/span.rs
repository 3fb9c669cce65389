//! What a Jaeger span means, whatever it was encoded in.

use std::hash::Hash;

use model::attribute::{Attributes, Value};
use model::span::Link;
use model::{SpanId, TraceId};

use crate::origins::Origins;
use crate::raw::{RawEvent, RawSpan, warn};
use crate::tagged::{self, micros};

/// The one flag that Jaeger and W3C have in common. Jaeger's second one means debug, W3C's something else.
const SAMPLED: u32 = 0x01;

/// What tells a span from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ids {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    /// The parent in a field of its own, as clients send it.
    pub parent_id: Option<SpanId>,
}

/// A span as Jaeger knows it, without its ids.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sent {
    /// Spans this one depends on; one of them may be the parent.
    pub references: Vec<Reference>,
    pub name: String,
    pub flags: u32,
    /// Start in microseconds.
    pub start_us: i64,
    /// Duration in microseconds.
    pub duration_us: i64,
    pub tags: Attributes,
    pub logs: Vec<Log>,
    pub warnings: Vec<String>,
}

/// A reference to another span.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    pub kind: ReferenceKind,
    pub trace_id: TraceId,
    pub span_id: SpanId,
}

/// How a span depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceKind {
    /// The other one waits for it.
    ChildOf,
    /// The other one does not.
    FollowsFrom,
}

/// A moment within a span.
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    /// When, in microseconds.
    pub at_us: i64,
    /// What is said about it.
    pub fields: Attributes,
}

impl Sent {
    /// The span in our words, sent by `process`.
    pub fn into_raw<K: Clone + Eq + Hash>(
        self,
        ids: Ids,
        origins: &mut Origins<K>,
        process: K,
        resource: impl FnOnce(&K) -> Attributes,
    ) -> RawSpan {
        let parent_span_id = self.parent(ids);
        let links = self.links(ids.trace_id, parent_span_id);
        let mut span = RawSpan {
            parent_span_id,
            links,
            name: self.name,
            flags: self.flags & SAMPLED,
            events: self.logs.into_iter().map(event).collect(),
            warnings: self.warnings,
            ..RawSpan::new(ids.trace_id, ids.span_id)
        };
        let count = |what: &str, sent: i64, warnings: &mut Vec<String>| {
            if sent < 0 {
                warn(warnings, format!("the {what} is negative and was left out"));
            }
            u64::try_from(sent).ok()
        };
        let start = count("start time", self.start_us, &mut span.warnings);
        let duration = count("duration", self.duration_us, &mut span.warnings);
        tagged::times(&mut span, start, duration);
        let scope = tagged::settle(&mut span, self.tags);
        span.origin = origins.of(process, scope, resource);
        span
    }

    /// The parent that is named as such, else the first span of the trace that waits for this one, else the first it
    /// follows from: where Jaeger itself draws it.
    fn parent(&self, ids: Ids) -> Option<SpanId> {
        let first = |kind: ReferenceKind| {
            let here = |reference: &&Reference| reference.kind == kind && reference.trace_id == ids.trace_id;
            self.references.iter().find(here).map(|reference| reference.span_id)
        };
        ids.parent_id.or_else(|| first(ReferenceKind::ChildOf)).or_else(|| first(ReferenceKind::FollowsFrom))
    }

    /// Every reference but the one that says no more than who the parent is.
    fn links(&self, trace_id: TraceId, parent: Option<SpanId>) -> Vec<Link> {
        let is_parent = |reference: &&Reference| {
            reference.kind == ReferenceKind::ChildOf
                && reference.trace_id == trace_id
                && Some(reference.span_id) == parent
        };
        self.references.iter().filter(|reference| !is_parent(reference)).map(Reference::link).collect()
    }
}

impl Reference {
    fn link(&self) -> Link {
        let kind = match self.kind {
            ReferenceKind::ChildOf => "child_of",
            ReferenceKind::FollowsFrom => "follows_from",
        };
        let attributes = Attributes(vec![("opentracing.ref_type".into(), Value::from(kind))]);
        Link { trace_id: self.trace_id, span_id: self.span_id, attributes }
    }
}

/// The field `event` names an event, else `message`; the others are its attributes.
fn event(log: Log) -> RawEvent {
    let mut fields = log.fields;
    let key = ["event", "message"].into_iter().find(|key| fields.text(key).is_some());
    let name = key.and_then(|key| fields.text(key)).unwrap_or("log").to_owned();
    fields.0.retain(|(field, _)| Some(field.as_str()) != key);
    RawEvent { time_ns: micros(u64::try_from(log.at_us).unwrap_or(0)), name, attributes: fields }
}
