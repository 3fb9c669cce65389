//! The other direction: spans as an OTLP request, for whoever sends to a server like ours.

use std::sync::Arc;

use bytes::Bytes;
use model::attribute::{Attributes, Value};
use model::span::Link;
use model::{SpanId, TraceId, Usd};
use prost::Message;

use crate::otlp::messages;
use crate::otlp::values::{AnyValue, KeyValue, Kind};
use crate::raw::{Origin, RawEvent, RawSpan};

/// Writes an `ExportTraceServiceRequest` that [`super::decode`] reads back. Spans that share an origin are sent under one
/// resource and scope, in the order of their first span.
pub fn encode(spans: &[RawSpan]) -> Vec<u8> {
    let mut encoder = Encoder::new();
    for span in spans {
        encoder.add(span);
    }
    encoder.finish(&[])
}

/// Writes a request span by span, for whoever has to know how large it gets.
#[derive(Debug, Default)]
pub struct Encoder {
    groups: Vec<Group>,
    spans: usize,
    bytes: usize,
}

/// Spans that share an origin.
#[derive(Debug)]
struct Group {
    origin: Arc<Origin>,
    spans: Vec<Bytes>,
}

impl Encoder {
    /// A request without spans.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a span.
    pub fn add(&mut self, span: &RawSpan) {
        let encoded = Bytes::from(message(span).encode_to_vec());
        self.spans += 1;
        self.bytes += encoded.len();
        // Senders have a handful of origins, so looking through them beats a map; the latest one is the likeliest.
        let is_same = |group: &&mut Group| Arc::ptr_eq(&group.origin, &span.origin) || group.origin == span.origin;
        if let Some(group) = self.groups.iter_mut().rev().find(is_same) {
            group.spans.push(encoded);
            return;
        }
        let group = Group { origin: Arc::clone(&span.origin), spans: vec![encoded] };
        self.bytes += resource(&group.origin).encoded_len();
        self.groups.push(group);
    }

    /// How many spans it has.
    pub const fn spans(&self) -> usize {
        self.spans
    }

    /// How many bytes its spans and resources take, which is nearly all of the request.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The request, with the totals that were declared for its traces.
    pub fn finish(self, declared: &[(TraceId, Usd)]) -> Vec<u8> {
        let resource_spans = self.groups.into_iter().map(resource_spans).collect();
        let declared = declared
            .iter()
            .map(|(id, total)| messages::Declared { trace_id: trace_id(*id), cost_usd: total.to_string() });
        messages::Request { resource_spans, declared: declared.collect() }.encode_to_vec()
    }
}

fn resource(origin: &Origin) -> messages::Resource {
    messages::Resource { attributes: attributes(&origin.resource) }
}

fn resource_spans(Group { origin, spans }: Group) -> messages::ResourceSpans {
    let resource = resource(&origin);
    let scope = messages::Scope { name: origin.scope_name.clone(), version: origin.scope_version.clone() };
    messages::ResourceSpans {
        resource: resource.encode_to_vec().into(),
        scope_spans: vec![messages::ScopeSpans { scope: scope.encode_to_vec().into(), spans }],
    }
}

fn message(span: &RawSpan) -> messages::Span {
    messages::Span {
        trace_id: trace_id(span.trace_id),
        span_id: span_id(span.span_id),
        trace_state: span.trace_state.clone(),
        parent_span_id: span.parent_span_id.map(span_id).unwrap_or_default(),
        name: span.name.clone(),
        kind: span.kind,
        start_time_unix_nano: span.start_ns,
        end_time_unix_nano: span.end_ns,
        attributes: attributes(&span.attributes),
        dropped_attributes_count: span.dropped[0],
        events: span.events.iter().map(event).collect(),
        dropped_events_count: span.dropped[1],
        links: span.links.iter().map(link).collect(),
        dropped_links_count: span.dropped[2],
        status: (span.status_code != 0 || !span.status_message.is_empty())
            .then(|| messages::Status { message: span.status_message.clone(), code: span.status_code }),
        flags: span.flags,
        fields: attributes(&span.fields),
        warnings: span.warnings.clone(),
    }
}

fn trace_id(id: TraceId) -> Bytes {
    Bytes::copy_from_slice(&id.to_bytes())
}

fn span_id(id: SpanId) -> Bytes {
    Bytes::copy_from_slice(&id.to_bytes())
}

fn event(event: &RawEvent) -> messages::Event {
    messages::Event {
        time_unix_nano: event.time_ns,
        name: event.name.clone(),
        attributes: attributes(&event.attributes),
    }
}

fn link(link: &Link) -> messages::Link {
    messages::Link {
        trace_id: trace_id(link.trace_id),
        span_id: span_id(link.span_id),
        attributes: attributes(&link.attributes),
    }
}

fn attributes(attributes: &Attributes) -> Vec<KeyValue> {
    attributes
        .0
        .iter()
        .map(|(key, value)| KeyValue { key: key.clone(), value: Some(any(value)), key_strindex: 0 })
        .collect()
}

/// Recursion is as deep as the value, which is made by a program and not read from outside.
fn any(value: &Value) -> AnyValue {
    let kind = match value {
        Value::Empty => None,
        Value::String(text) => Some(Kind::Text(text.clone())),
        Value::Bool(truth) => Some(Kind::Bool(*truth)),
        Value::Int(int) => Some(Kind::Int(*int)),
        Value::Double(double) => Some(Kind::Double(*double)),
        Value::Bytes(bytes) => Some(Kind::Bytes(bytes.clone())),
        Value::Array(values) => Some(Kind::Array(messages::ArrayValue { values: values.iter().map(any).collect() })),
        Value::Map(map) => Some(Kind::Map(messages::KeyValueList { values: attributes(map) })),
    };
    AnyValue { kind }
}

#[cfg(test)]
mod tests;
