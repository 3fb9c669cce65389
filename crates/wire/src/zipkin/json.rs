//! Version 2 in JSON: a list of spans.

use model::attribute::Attributes;
use serde_json::Value;
use serde_json::value::RawValue;

use super::endpoint::Endpoint;
use super::full;
use super::span::{Sent, tag};
use crate::collect::Collector;
use crate::ids;
use crate::json::{self, Members, get, objects};
use crate::origins::Origins;
use crate::raw::warn;
use crate::shared;
use crate::tagged;
use crate::weight;
use crate::{DecodeError, Format, Rejected};

const EXPECTED: &str = "a list of Zipkin v2 spans in JSON";

/// Digits of a trace id: 64-bit ids are as good as 128-bit ones.
pub(super) const TRACE_DIGITS_MIN: usize = 16;

/// Digits of a span id, always.
pub(super) const SPAN_DIGITS: usize = 16;

/// A list of spans.
pub const FORMAT: Format = Format { expected: EXPECTED, read: read_all };

fn read_all(body: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let text = json::prepare(body, EXPECTED, &mut collector.decoded.warnings)?;
    let entries = list(&text, EXPECTED)?;
    if entries.first().is_some_and(|entry| super::v1::is_v1(entry)) {
        return Err(DecodeError::WrongDoor { looks_like: "Zipkin v1 JSON", advice: "post it to /api/v1/spans" });
    }
    let mut origins = Origins::new();
    let list = entries.iter().map(|entry| (weight::Sent::json_members(entry.get()), *entry));
    shared::read_list(collector, list, |entry| Ok([read(entry)?.into_raw(&mut origins)]))
}

/// The entries of a list; what is not a list is named when it is known.
pub(super) fn list<'a>(text: &'a str, expected: &'static str) -> Result<Vec<&'a RawValue>, DecodeError> {
    if let Ok(object) = json::Object::parse(text) {
        let known = [
            ("resourceSpans", "OTLP JSON", "post it to /v1/traces"),
            ("spans", "native JSON", "post it to /api/v1/traces"),
            ("data", "an answer of Jaeger's API", "import it as a file"),
            ("traceId", "one span", "send a list of spans, even of one"),
        ];
        for (name, looks_like, advice) in known {
            if object.get(&[name]).is_some() {
                return Err(DecodeError::WrongDoor { looks_like, advice });
            }
        }
    }
    json::list(text).map_err(|error| json::malformed(expected, error))
}

fn read(sent: &RawValue) -> Result<Sent, Rejected> {
    let members = json::span_object(sent)?;
    let mut span = identify(&members)?;
    span.kind = kind(&members, &mut span.warnings);
    span.local = Endpoint::read(get(&members, &["localEndpoint"]));
    span.remote = Endpoint::read(get(&members, &["remoteEndpoint"]));
    span.annotations = objects(&members, "annotations").map(annotation).collect();
    if let Some(Value::Object(tags)) = get(&members, &["tags"]) {
        span.tags = Attributes(tags.iter().map(|(key, value)| (key.as_str().into(), tag(value))).collect());
    } else if get(&members, &["tags"]).is_some() {
        warn(&mut span.warnings, "tags were not an object and were left out");
    }
    span.shared = is_true(&members, "shared");
    Ok(span)
}

/// Everything that both versions say alike: ids, name, times, debug.
pub(super) fn identify(members: &Members) -> Result<Sent, Rejected> {
    let text = |name: &str| get(members, &[name]).and_then(json::text).unwrap_or_default();
    let id = text("id");
    let trace_text = text("traceId");
    let refuse = |reason: String| Rejected::of(&id, reason).in_trace(&full(&trace_text));
    let trace_id = ids::trace_id(&trace_text, "traceId", TRACE_DIGITS_MIN).map_err(refuse)?;
    let span_id = ids::span_id(&id, "id", SPAN_DIGITS).map_err(refuse)?;
    let mut span = Sent::new(trace_id, span_id);
    span.parent_id = ids::parent_id(&text("parentId"), "parentId", SPAN_DIGITS).map_err(refuse)?;
    span.name = text("name");
    span.timestamp_us = count(members, "timestamp", &mut span.warnings);
    span.duration_us = count(members, "duration", &mut span.warnings);
    span.debug = is_true(members, "debug");
    Ok(span)
}

fn count(members: &Members, name: &str, warnings: &mut Vec<String>) -> Option<u64> {
    let sent = get(members, &[name])?;
    let read = micros(sent);
    if read.is_none() {
        warn(warnings, format!("{name} is not a count of microseconds"));
    }
    read
}

/// A count of microseconds. A fraction of one is more than Zipkin can say; some clients send it all the same.
pub(super) fn micros(sent: &Value) -> Option<u64> {
    // The cast saturates, and what is that far away is brought back later on.
    json::unsigned(sent).or_else(|| json::double(sent).filter(|double| *double >= 0.0).map(|double| double as u64))
}

fn kind(members: &Members, warnings: &mut Vec<String>) -> i32 {
    let Some(sent) = get(members, &["kind"]) else { return 0 };
    sent.as_str().and_then(tagged::kind).unwrap_or_else(|| {
        let sent: String = sent.to_string().chars().take(64).collect();
        warn(warnings, format!("kind is {sent}; expected CLIENT, SERVER, PRODUCER or CONSUMER"));
        0
    })
}

fn annotation(members: &Members) -> (u64, String) {
    let at = get(members, &["timestamp"]).and_then(micros).unwrap_or(0);
    (at, get(members, &["value"]).and_then(json::text).unwrap_or_default())
}

fn is_true(members: &Members, name: &str) -> bool {
    get(members, &[name]).is_some_and(|value| value == &Value::Bool(true) || value.as_str() == Some("true"))
}
