//! The other direction: spans as an OTLP request, for whoever sends to a server like ours.

use std::sync::Arc;

use bytes::Bytes;
use model::attribute::{Attributes, Value};
use model::span::Link;
use model::{SpanId, TraceId};
use prost::Message;

use crate::otlp::messages::{self, Kind};
use crate::raw::{Origin, RawEvent, RawSpan};

/// Writes an `ExportTraceServiceRequest` that [`super::decode`] reads back. Spans that share an origin are sent under one
/// resource and scope, in the order of their first span. [`RawSpan::fields`] and `warnings` have no place in OTLP.
pub fn encode(spans: &[RawSpan]) -> Vec<u8> {
    let mut groups: Vec<(&Arc<Origin>, Vec<Bytes>)> = Vec::new();
    for span in spans {
        let encoded = Bytes::from(message(span).encode_to_vec());
        // Senders have a handful of origins, so looking through them beats a map.
        match groups.iter_mut().find(|(origin, _)| Arc::ptr_eq(origin, &span.origin) || **origin == span.origin) {
            Some((_, spans)) => spans.push(encoded),
            None => groups.push((&span.origin, vec![encoded])),
        }
    }
    let resource_spans = groups.into_iter().map(|(origin, spans)| resource_spans(origin, spans)).collect();
    messages::Request { resource_spans }.encode_to_vec()
}

fn resource_spans(origin: &Origin, spans: Vec<Bytes>) -> messages::ResourceSpans {
    let resource = messages::Resource { attributes: attributes(&origin.resource) };
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

fn attributes(attributes: &Attributes) -> Vec<messages::KeyValue> {
    attributes
        .0
        .iter()
        .map(|(key, value)| messages::KeyValue { key: key.clone(), value: Some(any(value)), key_strindex: 0 })
        .collect()
}

/// Recursion is as deep as the value, which is made by a program and not read from outside.
fn any(value: &Value) -> messages::AnyValue {
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
    messages::AnyValue { kind }
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use super::*;

    fn a_span(number: u8, origin: &Arc<Origin>) -> RawSpan {
        let trace_id = TraceId::from_bytes([7; 16]).expect("not zero");
        let id = SpanId::from_bytes([number; 8]).expect("not zero");
        RawSpan {
            parent_span_id: SpanId::from_bytes([number - 1; 8]).ok(),
            name: "llm.generate".into(),
            kind: 3,
            start_ns: 1,
            end_ns: u64::MAX,
            status_code: 2,
            status_message: "timed out".into(),
            attributes: Attributes(vec![
                ("text".into(), Value::String("\u{fffd}".into())),
                ("none".into(), Value::Empty),
                ("list".into(), Value::Array(vec![Value::Int(-1), Value::Bool(true), Value::Bytes(vec![0, 255])])),
                ("map".into(), Value::Map(Attributes(vec![("cost".into(), Value::Double(5e-5))]))),
            ]),
            origin: Arc::clone(origin),
            events: vec![RawEvent { time_ns: 9, name: "exception".into(), attributes: Attributes::default() }],
            links: vec![Link { trace_id, span_id: id, attributes: Attributes::default() }],
            trace_state: "a=b".into(),
            flags: 0x101,
            dropped: [1, 2, 3],
            ..RawSpan::new(trace_id, id)
        }
    }

    #[test]
    fn what_is_encoded_decodes_to_the_same_spans() {
        let origin = |name: &str| {
            let resource = Attributes(vec![("service.name".into(), Value::String(name.into()))]);
            Arc::new(Origin { resource: Arc::new(resource), scope_name: "demo".into(), scope_version: "1".into() })
        };
        let (one, other) = (origin("one"), origin("other"));
        let spans = [a_span(1, &one), a_span(2, &other), a_span(3, &one)];
        let decoded = decode(&encode(&spans)).expect("our own encoding");
        assert_eq!(decoded.rejected, []);
        assert_eq!(decoded.spans, [spans[0].clone(), spans[2].clone(), spans[1].clone()]);
    }
}
