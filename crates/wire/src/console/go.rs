//! Spans as Go's `stdouttrace` prints them (`tracetest.SpanStub`).

use model::attribute::{Attributes, Value};
use model::span::Link;
use serde_json::Value as Json;

use super::Resource;
use crate::json::{self, Members, get, objects, plain};
use crate::origins::{Origins, Scope};
use crate::raw::{RawEvent, RawSpan, warn};
use crate::{Rejected, ids, tagged};

/// Digits of a trace id and of a span id: Go prints them in full.
const DIGITS: (usize, usize) = (32, 16);

/// One span.
pub fn span(members: &Members, origins: &mut Origins<Resource>) -> Result<RawSpan, Rejected> {
    let none = Members::new();
    let context = object(members, &["SpanContext"], &none);
    let parent = object(members, &["Parent"], &none);
    let span_id = text(context, "SpanID");
    let trace_text = text(context, "TraceID");
    let refuse = |reason: String| Rejected::of(&span_id, reason).in_trace(&trace_text);
    let trace_id = ids::trace_id(&trace_text, "TraceID", DIGITS.0).map_err(refuse)?;
    let parent_span_id = ids::parent_id(&text(parent, "SpanID"), "Parent.SpanID", DIGITS.1).map_err(refuse)?;
    let mut span = RawSpan::new(trace_id, ids::span_id(&span_id, "SpanID", DIGITS.1).map_err(refuse)?);
    let status = object(members, &["Status"], &none);
    span.parent_span_id = parent_span_id;
    span.name = text(members, "Name");
    span.kind = get(members, &["SpanKind"]).and_then(json::int).and_then(|kind| kind.try_into().ok()).unwrap_or(0);
    span.start_ns = time(members, "StartTime", &mut span.warnings);
    span.end_ns = time(members, "EndTime", &mut span.warnings);
    span.status_code = tagged::status(&text(status, "Code")).unwrap_or(0);
    span.status_message = text(status, "Description");
    span.trace_state = text(context, "TraceState");
    span.flags = u32::from_str_radix(&text(context, "TraceFlags"), 16).unwrap_or(0);
    span.dropped = ["DroppedAttributes", "DroppedEvents", "DroppedLinks"].map(|name| count(members, name));
    span.attributes = attributes(members, "Attributes", &mut span.warnings);
    span.events = objects(members, "Events").map(|sent| event(sent, &mut span.warnings)).collect();
    span.links = objects(members, "Links").filter_map(|sent| link(sent, &mut span.warnings)).collect();
    let scope = object(members, &["InstrumentationScope", "InstrumentationLibrary"], &none);
    let scope = Scope { name: text(scope, "Name"), version: text(scope, "Version") };
    let key = get(members, &["Resource"]).map(ToString::to_string).unwrap_or_default();
    span.origin = origins.of(key, scope, |_| attributes(members, "Resource", &mut span.warnings));
    Ok(span)
}

fn object<'a>(members: &'a Members, names: &[&str], none: &'a Members) -> &'a Members {
    get(members, names).and_then(Json::as_object).unwrap_or(none)
}

fn text(members: &Members, name: &str) -> String {
    get(members, &[name]).and_then(json::text).unwrap_or_default()
}

fn count(members: &Members, name: &str) -> u32 {
    get(members, &[name]).and_then(json::unsigned).and_then(|count| count.try_into().ok()).unwrap_or(0)
}

fn time(members: &Members, name: &str, warnings: &mut Vec<String>) -> u64 {
    let Some(sent) = get(members, &[name]) else { return 0 };
    json::time(sent).unwrap_or_else(|| {
        warn(warnings, format!("{name} is not an RFC 3339 time such as 2024-01-15T10:00:00.000000000Z"));
        0
    })
}

/// A list of `{"Key", "Value": {"Type", "Value"}}`. JSON tells the types apart but for whole doubles.
fn attributes(members: &Members, name: &str, warnings: &mut Vec<String>) -> Attributes {
    let none = Members::new();
    let mut attributes = Vec::new();
    for sent in objects(members, name) {
        let typed = object(sent, &["Value"], &none);
        let value = match (text(typed, "Type").as_str(), get(typed, &["Value"])) {
            (_, None) => Value::Empty,
            ("FLOAT64", Some(sent)) => json::double(sent).map_or(Value::Empty, Value::Double),
            (_, Some(sent)) => plain::value(sent.clone(), warnings),
        };
        attributes.push((text(sent, "Key").into(), value));
    }
    Attributes(attributes)
}

fn event(sent: &Members, warnings: &mut Vec<String>) -> RawEvent {
    RawEvent {
        time_ns: time(sent, "Time", warnings),
        name: text(sent, "Name"),
        attributes: attributes(sent, "Attributes", warnings),
    }
}

fn link(sent: &Members, warnings: &mut Vec<String>) -> Option<Link> {
    let none = Members::new();
    let context = object(sent, &["SpanContext"], &none);
    let trace_id = ids::trace_id(&text(context, "TraceID"), "", DIGITS.0);
    let span_id = ids::span_id(&text(context, "SpanID"), "", DIGITS.1);
    let (Ok(trace_id), Ok(span_id)) = (trace_id, span_id) else {
        warn(warnings, "a link without valid ids was left out");
        return None;
    };
    Some(Link { trace_id, span_id, attributes: attributes(sent, "Attributes", warnings) })
}
