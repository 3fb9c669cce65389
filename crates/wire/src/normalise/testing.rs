//! Spans for tests, as an SDK would send them, and what normalising makes of them.

use std::sync::Arc;

use model::attribute::{Attributes, Value};
use model::span::Span;
use model::{SpanId, TraceId};
use serde_json::{Value as Json, json};

use crate::raw::{Origin, RawEvent, RawSpan};

/// A span of one second that says nothing yet.
pub fn a_span(name: &str) -> ASpan {
    ASpan(RawSpan {
        name: name.to_owned(),
        start_ns: 1_700_000_000_000_000_000,
        end_ns: 1_700_000_001_000_000_000,
        ..RawSpan::new(TraceId::from_bytes([1; 16]).unwrap(), SpanId::from_bytes([1; 8]).unwrap())
    })
}

/// A span being put together.
pub struct ASpan(pub RawSpan);

impl ASpan {
    /// Of this OTLP kind.
    pub fn of_kind(mut self, kind: i32) -> Self {
        self.0.kind = kind;
        self
    }

    /// From this instrumentation.
    pub fn in_scope(mut self, name: &str, version: &str) -> Self {
        let resource = Arc::clone(&self.0.origin.resource);
        let origin = Origin { resource, scope_name: name.to_owned(), scope_version: version.to_owned() };
        self.0.origin = Arc::new(origin);
        self
    }

    /// From a process that says this about itself.
    pub fn on_resource(mut self, attributes: Json) -> Self {
        let mut origin = Origin::clone(&self.0.origin);
        origin.resource = Arc::new(attributes_of(attributes));
        self.0.origin = Arc::new(origin);
        self
    }

    /// With these attributes besides those it has.
    pub fn with(mut self, attributes: Json) -> Self {
        self.0.attributes.0.extend(attributes_of(attributes).0);
        self
    }

    /// With these fields of the protocol's own.
    pub fn with_fields(mut self, fields: Json) -> Self {
        self.0.fields = attributes_of(fields);
        self
    }

    /// During which something happened.
    pub fn with_event(mut self, name: &str, attributes: Json) -> Self {
        self.0.events.push(RawEvent { time_ns: 1, name: name.to_owned(), attributes: attributes_of(attributes) });
        self
    }

    /// What is made of it.
    pub fn normalised(self) -> Span {
        super::span(self.0)
    }
}

/// JSON members as attributes: what SDKs make of the same values.
pub fn attributes_of(json: Json) -> Attributes {
    let Json::Object(members) = json else { panic!("attributes are an object") };
    Attributes(members.into_iter().map(|(key, json)| (key.into(), value_of(json))).collect())
}

fn value_of(json: Json) -> Value {
    match json {
        Json::Null => Value::Empty,
        Json::String(text) => Value::from(text),
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Double(number.as_f64().unwrap()), Value::Int),
        Json::Array(items) => Value::Array(items.into_iter().map(value_of).collect()),
        map @ Json::Object(_) => Value::Map(attributes_of(map)),
    }
}

/// All that normalising decides, without what is kept as it was sent.
pub fn decided(span: &Span) -> Json {
    let mut json = serde_json::to_value(span).unwrap();
    let warnings = span.detail.warnings.clone();
    let members = json.as_object_mut().unwrap();
    for sent in ["trace_id", "span_id", "parent_span_id", "name", "kind", "start", "duration_ns", "detail"] {
        members.remove(sent);
    }
    members.retain(|_, value| !value.is_null());
    members.insert("warnings".into(), json!(warnings));
    json
}
