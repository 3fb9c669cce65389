//! One span in native JSON.

use std::str::FromStr;
use std::sync::Arc;

use model::attribute::Attributes;
use model::id::IdError;
use model::{SpanId, TraceId};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::outcome;
use crate::Rejected;
use crate::json::{self, Members, get, plain, time};
use crate::raw::{Origin, RawEvent, RawSpan, warn};

/// Members with a meaning of their own, and the attribute name each has in [`RawSpan::fields`].
const FIELDS: &[(&[&str], &str)] = &[
    (&["service", "service_name"], "service"),
    (&["capability"], "capability"),
    (&["tenant", "tenant_id"], "tenant"),
    (&["user", "user_id"], "user.id"),
    (&["session", "session_id"], "session.id"),
    (&["environment"], "deployment.environment.name"),
    (&["data_tag"], "data_tag"),
    (&["peer"], "peer.service"),
    (&["cost_usd"], "cost_usd"),
    (&["model"], "model"),
    (&["provider"], "ai.provider"),
    (&["tokens_in"], "tokens_in"),
    (&["tokens_out"], "tokens_out"),
];

/// Members that our own answers add for the reader: read back, they would be taken for what the sender said.
const ANSWERED: &[&str] =
    &["cost_source", "cost_note", "cost_detail", "category", "duration_ms", "warnings", "trace_id"];

/// Reads one span; `trace_id` is that of the trace around it.
pub fn read(sent: &RawValue, trace_id: Option<&str>) -> Result<RawSpan, Rejected> {
    let mut members = json::span_object(sent)?;
    let mut span = identify(&mut members, trace_id)?;
    let (span_text, trace_text) = (span.span_id.to_string(), span.trace_id.to_string());
    times(&mut members, &mut span).map_err(|reason| Rejected::of(&span_text, reason).in_trace(&trace_text))?;
    span.name = take(&mut members, &["operation_name", "name"]).and_then(|name| json::text(&name)).unwrap_or_default();
    let outcome = outcome::take_from(&mut members);
    (span.kind, span.status_code, span.status_message) = (outcome.kind, outcome.status_code, outcome.status_message);
    fields(&mut members, &mut span);
    if let Some(Json::Object(attributes)) = take(&mut members, &["attributes"]) {
        span.attributes = plain::attributes(attributes, &mut span.warnings);
    }
    if let Some(Json::Object(resource)) = take(&mut members, &["resource"]) {
        let resource = plain::attributes(resource, &mut span.warnings);
        span.origin = Arc::new(Origin { resource: Arc::new(resource), ..Origin::default() });
    }
    if let Some(Json::Array(events)) = take(&mut members, &["events"]) {
        span.events = events.into_iter().filter_map(|event| read_event(event, &mut span.warnings)).collect();
    }
    if let Some(Json::Array(links)) = take(&mut members, &["links"]) {
        span.links = links.into_iter().filter_map(|link| read_link(link, &mut span.warnings)).collect();
    }
    // What the attributes say is not said again. Looking each member up among them would take for ever with 100 000 of both.
    for (key, _) in &span.attributes.0 {
        members.remove(key.as_str());
    }
    for (key, json) in members {
        if !json.is_null() && !ANSWERED.contains(&key.as_str()) {
            span.attributes.0.push((key.into(), plain::value(json, &mut span.warnings)));
        }
    }
    Ok(span)
}

/// Takes the member under the first of `names` that is there and not `null`.
pub(super) fn take(members: &mut Members, names: &[&str]) -> Option<Json> {
    names.iter().find_map(|name| members.remove(*name)).filter(|value| !value.is_null())
}

fn identify(members: &mut Members, around: Option<&str>) -> Result<RawSpan, Rejected> {
    let span_text = take(members, &["span_id", "spanId"]).and_then(|id| json::text(&id)).unwrap_or_default();
    let own = take(members, &["trace_id", "traceId"]).and_then(|id| json::text(&id));
    let trace_text = own.as_deref().or(around).unwrap_or_default();
    let refuse = |reason: String| Rejected::of(&span_text, reason).in_trace(trace_text);
    let trace_id = id::<TraceId>(trace_text, "trace_id").map_err(refuse)?;
    let span_id = id::<SpanId>(&span_text, "span_id").map_err(refuse)?;
    let mut span = RawSpan::new(trace_id, span_id);
    let parent = take(members, &["parent_span_id", "parentSpanId", "parent_id"]).and_then(|id| json::text(&id));
    if let Some(parent) = parent.filter(|parent| parent.bytes().any(|digit| digit != b'0')) {
        span.parent_span_id = Some(id(&parent, "parent_span_id").map_err(refuse)?);
    }
    Ok(span)
}

fn id<T: FromStr<Err = IdError>>(text: &str, field: &str) -> Result<T, String> {
    if text.is_empty() { Err(format!("{field}: missing")) } else { text.parse().map_err(|e| format!("{field}: {e}")) }
}

/// A span needs a start, and an end or a duration.
fn times(members: &mut Members, span: &mut RawSpan) -> Result<(), String> {
    let start = take(members, &["start_time", "start"]).ok_or("start_time: missing")?;
    span.start_ns = time(&start).ok_or_else(|| unusable_time("start_time", &start))?;
    let duration_ms = get(members, &["duration_ms"]).and_then(json::double);
    span.end_ns = match (take(members, &["end_time", "end"]), duration_ms) {
        (Some(end), _) => time(&end).ok_or_else(|| unusable_time("end_time", &end))?,
        (None, Some(duration_ms)) => {
            if duration_ms.is_nan() || duration_ms < 0.0 {
                warn(&mut span.warnings, format!("duration_ms is {duration_ms}; it is taken to be zero"));
            }
            // Float to integer casts saturate, so nonsense durations end at the ends of time.
            span.start_ns.saturating_add((duration_ms * 1e6) as u64)
        }
        (None, None) => return Err("end_time: missing, and no duration_ms either".into()),
    };
    Ok(())
}

fn unusable_time(field: &str, sent: &Json) -> String {
    let sent: String = sent.to_string().chars().take(64).collect();
    format!("{field}: {sent} is not an RFC 3339 time since 1970, such as 2024-01-15T10:00:00.000Z")
}

fn fields(members: &mut Members, span: &mut RawSpan) {
    // A cost that we worked out ourselves and is now being sent back is worked out again, not taken for a report.
    let ours = get(members, &["cost_source"]).and_then(Json::as_str).is_some_and(|source| source != "reported");
    for (names, key) in FIELDS {
        if let Some(json) = take(members, names).filter(|_| !(ours && *key == "cost_usd")) {
            span.fields.0.push(((*key).into(), plain::value(json, &mut span.warnings)));
        }
    }
}

fn read_event(sent: Json, warnings: &mut Vec<String>) -> Option<RawEvent> {
    let Json::Object(mut event) = sent else {
        warn(warnings, "an event that is not an object was left out");
        return None;
    };
    let time_ns = take(&mut event, &["time", "timestamp"]).and_then(|sent| time(&sent)).unwrap_or(0);
    let name = take(&mut event, &["name"]).and_then(|name| json::text(&name)).unwrap_or_default();
    let attributes = match take(&mut event, &["attributes"]) {
        Some(Json::Object(attributes)) => plain::attributes(attributes, warnings),
        _ => Attributes::default(),
    };
    Some(RawEvent { time_ns, name, attributes })
}

fn read_link(sent: Json, warnings: &mut Vec<String>) -> Option<model::span::Link> {
    let id = |name: &str| sent.get(name).and_then(Json::as_str);
    let ids = id("trace_id").and_then(|id| id.parse().ok()).zip(id("span_id").and_then(|id| id.parse().ok()));
    let Some((trace_id, span_id)) = ids else {
        warn(warnings, "a link without valid ids was left out");
        return None;
    };
    let attributes = match sent.get("attributes").cloned() {
        Some(Json::Object(attributes)) => plain::attributes(attributes, warnings),
        _ => Attributes::default(),
    };
    Some(model::span::Link { trace_id, span_id, attributes })
}
