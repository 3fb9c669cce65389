//! Spans as the Python SDK prints them (`ReadableSpan.to_json`).

use model::span::Link;
use serde_json::Value;

use super::Resource;
use crate::json::{self, Members, get, objects, plain};
use crate::origins::{Origins, Scope};
use crate::raw::{RawEvent, RawSpan, warn};
use crate::{Rejected, ids, tagged};

/// Digits of an id: early releases left out leading zeros.
const DIGITS_MIN: usize = 1;

/// One span.
pub fn span(members: &Members, origins: &mut Origins<Resource>) -> Result<RawSpan, Rejected> {
    let none = Members::new();
    let context = object(members, "context", &none);
    let span_id = hex(context, "span_id");
    let trace_text = hex(context, "trace_id");
    let refuse = |reason: String| Rejected::of(&span_id, reason).in_trace(&trace_text);
    let trace_id = ids::trace_id(&trace_text, "trace_id", DIGITS_MIN).map_err(refuse)?;
    let parent_span_id = ids::parent_id(&hex(members, "parent_id"), "parent_id", DIGITS_MIN).map_err(refuse)?;
    let mut span = RawSpan::new(trace_id, ids::span_id(&span_id, "span_id", DIGITS_MIN).map_err(refuse)?);
    let status = object(members, "status", &none);
    span.parent_span_id = parent_span_id;
    span.name = text(members, "name");
    span.kind = tagged::kind(text(members, "kind").trim_start_matches("SpanKind.")).unwrap_or(0);
    span.start_ns = time(members, "start_time", &mut span.warnings);
    span.end_ns = time(members, "end_time", &mut span.warnings);
    span.status_code = tagged::status(&text(status, "status_code")).unwrap_or(0);
    span.status_message = text(status, "description");
    span.trace_state = trace_state(&text(context, "trace_state"));
    span.attributes = plain::attributes(object(members, "attributes", &none).clone(), &mut span.warnings);
    span.events = objects(members, "events").map(|sent| event(sent, &mut span.warnings)).collect();
    span.links = objects(members, "links").filter_map(|sent| link(sent, &mut span.warnings)).collect();
    let resource = object(object(members, "resource", &none), "attributes", &none);
    let key = Value::Object(resource.clone()).to_string();
    span.origin = origins.of(key, Scope::default(), |_| plain::attributes(resource.clone(), &mut span.warnings));
    Ok(span)
}

fn object<'a>(members: &'a Members, name: &str, none: &'a Members) -> &'a Members {
    get(members, &[name]).and_then(Value::as_object).unwrap_or(none)
}

fn text(members: &Members, name: &str) -> String {
    get(members, &[name]).and_then(json::text).unwrap_or_default()
}

/// An id, which is printed as a number is in Python.
fn hex(members: &Members, name: &str) -> String {
    text(members, name).trim_start_matches("0x").to_owned()
}

fn time(members: &Members, name: &str, warnings: &mut Vec<String>) -> u64 {
    let Some(sent) = get(members, &[name]) else { return 0 };
    json::time(sent).unwrap_or_else(|| {
        warn(warnings, format!("{name} is not an RFC 3339 time such as 2024-01-15T10:00:00.000000Z"));
        0
    })
}

/// A tracestate out of what Python prints for it: `['{key=a, value=b}', ...]`.
fn trace_state(printed: &str) -> String {
    let members = printed.split("{key=").skip(1).filter_map(|rest| {
        let (member, _) = rest.split_once("}'")?;
        let (key, value) = member.split_once(", value=")?;
        Some(format!("{key}={value}"))
    });
    members.collect::<Vec<_>>().join(",")
}

fn event(sent: &Members, warnings: &mut Vec<String>) -> RawEvent {
    let none = Members::new();
    RawEvent {
        time_ns: time(sent, "timestamp", warnings),
        name: text(sent, "name"),
        attributes: plain::attributes(object(sent, "attributes", &none).clone(), warnings),
    }
}

fn link(sent: &Members, warnings: &mut Vec<String>) -> Option<Link> {
    let none = Members::new();
    let context = object(sent, "context", &none);
    let trace_id = ids::trace_id(&hex(context, "trace_id"), "", DIGITS_MIN);
    let span_id = ids::span_id(&hex(context, "span_id"), "", DIGITS_MIN);
    let (Ok(trace_id), Ok(span_id)) = (trace_id, span_id) else {
        warn(warnings, "a link without valid ids was left out");
        return None;
    };
    let attributes = plain::attributes(object(sent, "attributes", &none).clone(), warnings);
    Some(Link { trace_id, span_id, attributes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_tracestate_is_read_back() {
        assert_eq!(trace_state("['{key=a, value=b}', '{key=c@d, value=e=f}']"), "a=b,c@d=e=f");
        assert_eq!(trace_state("[]"), "");
    }
}
