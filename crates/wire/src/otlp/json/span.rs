//! One span in OTLP/JSON.

use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use model::id::IdError;
use model::{SpanId, TraceId};
use serde_json::Value;
use serde_json::value::RawValue;

use super::value::attributes;
use crate::Rejected;
use crate::json::{self, Members, get, objects};
use crate::raw::{Origin, RawEvent, RawSpan, warn};

const KINDS: [&str; 6] = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];
const STATUS_CODES: [&str; 3] = ["UNSET", "OK", "ERROR"];

/// Reads one span; what is odd but usable becomes a warning on it.
pub fn read(sent: &RawValue, origin: &Arc<Origin>) -> Result<RawSpan, Rejected> {
    let span = json::span_object(sent)?;
    let mut warnings = Vec::new();
    let (trace_id, span_id, parent_span_id) = ids(&span)?;
    let status = match get(&span, &["status"]) {
        Some(Value::Object(status)) => status.clone(),
        _ => Members::default(),
    };
    let count =
        |names: &[&str]| get(&span, names).and_then(json::unsigned).and_then(|n| n.try_into().ok()).unwrap_or(0);
    Ok(RawSpan {
        parent_span_id,
        name: text(&span, &["name"]),
        kind: enumeration(get(&span, &["kind"]), "SPAN_KIND_", &KINDS, &mut warnings),
        start_ns: time(&span, &["startTimeUnixNano", "start_time_unix_nano"], &mut warnings),
        end_ns: time(&span, &["endTimeUnixNano", "end_time_unix_nano"], &mut warnings),
        status_code: enumeration(get(&status, &["code"]), "STATUS_CODE_", &STATUS_CODES, &mut warnings),
        status_message: text(&status, &["message"]),
        attributes: attributes(get(&span, &["attributes"]), &mut warnings),
        origin: Arc::clone(origin),
        events: objects(&span, "events").map(|event| read_event(event, &mut warnings)).collect(),
        links: objects(&span, "links").filter_map(|link| read_link(link, &mut warnings)).collect(),
        trace_state: text(&span, &["traceState", "trace_state"]),
        flags: count(&["flags"]),
        dropped: [
            count(&["droppedAttributesCount", "dropped_attributes_count"]),
            count(&["droppedEventsCount", "dropped_events_count"]),
            count(&["droppedLinksCount", "dropped_links_count"]),
        ],
        warnings,
        ..RawSpan::new(trace_id, span_id)
    })
}

fn ids(span: &Members) -> Result<(TraceId, SpanId, Option<SpanId>), Rejected> {
    let member = |names: &[&str]| get(span, names).and_then(json::text).unwrap_or_default();
    let span_text = member(&["spanId", "span_id"]);
    let trace_text = member(&["traceId", "trace_id"]);
    let refuse = |reason| Rejected::of(&span_text, reason).in_trace(&trace_text);
    let trace_id = id::<TraceId>(&trace_text, "traceId", 16).map_err(refuse)?;
    let span_id = id::<SpanId>(&span_text, "spanId", 8).map_err(refuse)?;
    let parent = member(&["parentSpanId", "parent_span_id"]);
    // No parent is sent as nothing or, by some clients, as zeros.
    if parent.bytes().all(|digit| digit == b'0') {
        return Ok((trace_id, span_id, None));
    }
    let parent = id::<SpanId>(&parent, "parentSpanId", 8).map_err(refuse)?;
    Ok((trace_id, span_id, Some(parent)))
}

fn id<T: FromStr<Err = IdError>>(text: &str, field: &str, bytes: usize) -> Result<T, String> {
    text.parse().map_err(|error| {
        let decoded = base64::engine::general_purpose::STANDARD.decode(text);
        if decoded.is_ok_and(|decoded| decoded.len() == bytes) {
            format!("{field}: looks like base64; OTLP/JSON ids are {} hex digits", bytes * 2)
        } else {
            format!("{field}: {error}")
        }
    })
}

fn text(members: &Members, names: &[&str]) -> String {
    get(members, names).and_then(json::text).unwrap_or_default()
}

fn time(span: &Members, names: &[&str], warnings: &mut Vec<String>) -> u64 {
    let Some(sent) = get(span, names) else { return 0 };
    json::unsigned(sent).unwrap_or_else(|| {
        warn(warnings, format!("{} is not a count of nanoseconds", names[0]));
        0
    })
}

/// An enum by number, by numeric string, or by name with or without its prefix.
fn enumeration(sent: Option<&Value>, prefix: &str, names: &[&str], warnings: &mut Vec<String>) -> i32 {
    let Some(sent) = sent else { return 0 };
    let by_name = || {
        let name = sent.as_str()?.to_ascii_uppercase();
        let bare = name.strip_prefix(prefix).unwrap_or(&name);
        names.iter().position(|known| *known == bare).map(|position| position as i64)
    };
    let number = json::int(sent).or_else(by_name).and_then(|number| i32::try_from(number).ok());
    number.unwrap_or_else(|| {
        let sent: String = sent.to_string().chars().take(64).collect();
        warn(warnings, format!("{sent} is not one of the {prefix}* values"));
        0
    })
}

fn read_event(event: &Members, warnings: &mut Vec<String>) -> RawEvent {
    RawEvent {
        time_ns: time(event, &["timeUnixNano", "time_unix_nano"], warnings),
        name: text(event, &["name"]),
        attributes: attributes(get(event, &["attributes"]), warnings),
    }
}

fn read_link(link: &Members, warnings: &mut Vec<String>) -> Option<model::span::Link> {
    let trace_id = text(link, &["traceId", "trace_id"]).parse();
    let span_id = text(link, &["spanId", "span_id"]).parse();
    let (Ok(trace_id), Ok(span_id)) = (trace_id, span_id) else {
        warn(warnings, "a link without valid ids was left out");
        return None;
    };
    Some(model::span::Link { trace_id, span_id, attributes: attributes(get(link, &["attributes"]), warnings) })
}
