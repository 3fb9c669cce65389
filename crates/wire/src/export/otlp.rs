//! OTLP in JSON: `{"resourceSpans": [...]}`, by the mapping of the OTLP specification (ids in hex, enums and times as it says).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::attribute::{Attributes, Value, not_finite};
use model::span::{Event, Link};
use model::{Span, TraceId};
use serde_json::{Map, Value as Json, json};

use super::{NO_SERVICE, said};

/// Spans as members of the list `resourceSpans`, in their order, those beside each other from one origin together; in the trace that
/// they are shown under.
pub fn resource_spans(trace_id: TraceId, spans: &[Span]) -> Vec<Json> {
    let together = |one: &Span, next: &Span| {
        let (one, next, is_of_one) = (&one.detail, &next.detail, one.service == next.service);
        is_of_one
            && one.resource == next.resource
            && one.scope_name == next.scope_name
            && one.scope_version == next.scope_version
    };
    spans.chunk_by(together).filter_map(|spans| Some(of_origin(spans.first()?, trace_id, spans))).collect()
}

fn of_origin(first: &Span, trace_id: TraceId, spans: &[Span]) -> Json {
    let mut resource = (*first.detail.resource).clone();
    if resource.get("service.name").is_none() && first.service != NO_SERVICE {
        resource.0.push(("service.name".into(), Value::from(first.service.as_str())));
    }
    let spans: Vec<Json> = spans.iter().map(|span| one(trace_id, span)).collect();
    json!({
        "resource": {"attributes": attributes(&resource)},
        "scopeSpans": [{
            "scope": {"name": first.detail.scope_name, "version": first.detail.scope_version},
            "spans": spans,
        }],
    })
}

fn one(trace_id: TraceId, span: &Span) -> Json {
    let detail = &span.detail;
    let [attributes_dropped, events_dropped, links_dropped] = detail.dropped;
    let mut members = Map::new();
    let mut put = |key: &str, value: Json| members.insert(key.to_owned(), value);
    put("traceId", trace_id.to_string().into());
    put("spanId", span.span_id.to_string().into());
    if let Some(parent) = span.parent_span_id {
        put("parentSpanId", parent.to_string().into());
    }
    if !detail.trace_state.is_empty() {
        put("traceState", detail.trace_state.as_str().into());
    }
    put("flags", detail.flags.into());
    put("name", span.name.as_str().into());
    put("kind", span.kind.code().into());
    put("startTimeUnixNano", nanos(span.start.0));
    put("endTimeUnixNano", nanos(span.start.0.saturating_add(span.duration_ns)));
    put("attributes", attributes(&said::attributes(span)));
    put("events", detail.events.iter().map(event).collect());
    put("links", detail.links.iter().map(link).collect());
    put("status", json!({"code": span.status.code(), "message": span.status_message.as_deref().unwrap_or_default()}));
    for (key, dropped) in [
        ("droppedAttributesCount", attributes_dropped),
        ("droppedEventsCount", events_dropped),
        ("droppedLinksCount", links_dropped),
    ] {
        if dropped > 0 {
            put(key, dropped.into());
        }
    }
    Json::Object(members)
}

fn event(event: &Event) -> Json {
    json!({"timeUnixNano": nanos(event.time.0), "name": event.name, "attributes": attributes(&event.attributes)})
}

fn link(link: &Link) -> Json {
    let (trace_id, span_id) = (link.trace_id.to_string(), link.span_id.to_string());
    json!({"traceId": trace_id, "spanId": span_id, "attributes": attributes(&link.attributes)})
}

/// 64-bit integers are decimal text; OTLP knows no time before 1970.
fn nanos(nanos: i64) -> Json {
    nanos.max(0).to_string().into()
}

fn attributes(attributes: &Attributes) -> Json {
    attributes.0.iter().map(|(key, value)| json!({"key": key.as_str(), "value": any_value(value)})).collect()
}

/// Nesting is bounded by the decoders, so the recursion here is too.
fn any_value(value: &Value) -> Json {
    match value {
        Value::Empty => json!({}),
        Value::String(text) => json!({"stringValue": text.as_str()}),
        Value::Bool(truth) => json!({"boolValue": truth}),
        Value::Int(number) => json!({"intValue": number.to_string()}),
        Value::Double(number) if number.is_finite() => json!({"doubleValue": number}),
        Value::Double(number) => json!({"doubleValue": not_finite(*number)}),
        Value::Bytes(bytes) => json!({"bytesValue": STANDARD.encode(bytes)}),
        Value::Array(values) => {
            let values: Vec<Json> = values.iter().map(any_value).collect();
            json!({"arrayValue": {"values": values}})
        }
        Value::Map(members) => json!({"kvlistValue": {"values": attributes(members)}}),
    }
}
