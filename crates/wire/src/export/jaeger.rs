//! The JSON of Jaeger's query API and UI: `{"data": [{"traceID", "spans", "processes"}]}`. Times are in microseconds, as Jaeger keeps
//! them; what has no field there is a tag under the name that OpenTelemetry's mapping to Jaeger gives it.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::attribute::{Attributes, Value, not_finite};
use model::span::{Event, SpanKind, Status};
use model::{Span, SpanId, TraceId};
use serde_json::{Map, Value as Json, json};

use super::{NO_SERVICE, said};

/// Processes of one trace that are listed; a span of any further one carries its own. A deployment has tens of them.
const PROCESSES_MAX: usize = 10_000;

/// The processes of a trace, under the keys its spans name them by.
#[derive(Debug, Default)]
pub struct Processes {
    keys: HashMap<String, usize>,
    /// The process named last: spans of one come one after the other.
    latest: Option<(String, Arc<Attributes>, String)>,
}

impl Processes {
    /// One span, in the trace that it is shown under.
    pub fn span(&mut self, trace_id: TraceId, span: &Span) -> Json {
        let mut members = Map::new();
        let mut put = |key: &str, value: Json| members.insert(key.to_owned(), value);
        put("traceID", trace_id.to_string().into());
        put("spanID", span.span_id.to_string().into());
        put("operationName", span.name.as_str().into());
        put("references", references(trace_id, span));
        put("flags", (span.detail.flags & 0xff).into());
        put("startTime", micros(span.start.0));
        put("duration", micros(span.duration_ns));
        put("tags", tags_of(span));
        put("logs", span.detail.events.iter().map(log).collect());
        let process = self.key(span);
        match process.len() {
            // A key is short; a process is an object.
            0..=8 => put("processID", process.into()),
            _ => put("process", serde_json::from_str(&process).unwrap_or_default()),
        };
        Json::Object(members)
    }

    /// The object `processes`, once all spans have been written.
    pub fn object(self) -> Json {
        let mut listed = Map::new();
        for (process, number) in self.keys {
            listed.insert(format!("p{number}"), serde_json::from_str(&process).unwrap_or_default());
        }
        Json::Object(listed)
    }

    /// The key of the process of a span, or the process itself when there are too many.
    fn key(&mut self, span: &Span) -> String {
        let resource = &span.detail.resource;
        if let Some((service, known, key)) = &self.latest
            && *service == span.service
            && (Arc::ptr_eq(known, resource) || known == resource)
        {
            return key.clone();
        }
        let process = process(span);
        let next = self.keys.len() + 1;
        let key = match self.keys.get(&process) {
            Some(number) => format!("p{number}"),
            None if next > PROCESSES_MAX => return process,
            None => {
                self.keys.insert(process, next);
                format!("p{next}")
            }
        };
        self.latest = Some((span.service.clone(), Arc::clone(resource), key.clone()));
        key
    }
}

fn process(span: &Span) -> String {
    let service = if span.service.is_empty() { NO_SERVICE } else { &span.service };
    let mut others = (*span.detail.resource).clone();
    others.0.retain(|(key, _)| key != "service.name");
    json!({"serviceName": service, "tags": tags(&others)}).to_string()
}

fn references(trace_id: TraceId, span: &Span) -> Json {
    let reference = |kind: &str, trace_id: TraceId, span_id: SpanId| json!({"refType": kind, "traceID": trace_id.to_string(), "spanID": span_id.to_string()});
    let parent = span.parent_span_id.map(|parent| reference("CHILD_OF", trace_id, parent));
    let links = span.detail.links.iter().map(|link| reference("FOLLOWS_FROM", link.trace_id, link.span_id));
    parent.into_iter().chain(links).collect()
}

fn tags_of(span: &Span) -> Json {
    let mut all = said::attributes(span);
    let mut add = |key: &str, value: Value| {
        if all.get(key).is_none() {
            all.0.push((key.into(), value));
        }
    };
    if span.kind != SpanKind::Internal {
        add("span.kind", Value::from(span.kind.as_str()));
    }
    match span.status {
        Status::Unset => {}
        Status::Ok => add("otel.status_code", Value::from("OK")),
        Status::Error => {
            add("error", Value::Bool(true));
            add("otel.status_code", Value::from("ERROR"));
        }
    }
    for (key, text) in [
        ("otel.status_description", span.status_message.as_deref().unwrap_or_default()),
        ("otel.scope.name", &span.detail.scope_name),
        ("otel.scope.version", &span.detail.scope_version),
        ("w3c.tracestate", &span.detail.trace_state),
    ] {
        if !text.is_empty() {
            add(key, Value::from(text));
        }
    }
    tags(&all)
}

fn log(event: &Event) -> Json {
    let mut fields = Attributes(vec![("event".into(), Value::from(event.name.as_str()))]);
    fields.0.extend(event.attributes.0.iter().cloned());
    json!({"timestamp": micros(event.time.0), "fields": tags(&fields)})
}

fn micros(nanos: i64) -> Json {
    (nanos / 1_000).into()
}

fn tags(attributes: &Attributes) -> Json {
    attributes.0.iter().map(|(key, value)| tag(key, value)).collect()
}

fn tag(key: &str, value: &Value) -> Json {
    let (sort, value) = match value {
        Value::Empty => ("string", json!("")),
        Value::String(text) => ("string", json!(text.as_str())),
        Value::Bool(truth) => ("bool", json!(truth)),
        Value::Int(number) => ("int64", json!(number)),
        Value::Double(number) if number.is_finite() => ("float64", json!(number)),
        // JSON has no word for it.
        Value::Double(number) => ("string", json!(not_finite(*number))),
        Value::Bytes(bytes) => ("binary", json!(STANDARD.encode(bytes))),
        // Jaeger has no lists: they are JSON, as OpenTelemetry's mapping has it.
        list @ (Value::Array(_) | Value::Map(_)) => ("string", plain(list).to_string().into()),
    };
    json!({"key": key, "type": sort, "value": value})
}

/// A value as plain JSON; nesting is bounded by the decoders.
fn plain(value: &Value) -> Json {
    match value {
        Value::Empty => Json::Null,
        Value::String(text) => text.as_str().into(),
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Double(number) if number.is_finite() => (*number).into(),
        Value::Double(number) => not_finite(*number).into(),
        Value::Bytes(bytes) => STANDARD.encode(bytes).into(),
        Value::Array(values) => values.iter().map(plain).collect(),
        Value::Map(members) => {
            Json::Object(members.0.iter().map(|(key, value)| (key.to_string(), plain(value))).collect())
        }
    }
}
