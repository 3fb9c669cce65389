//! What Jaeger's query API answers and its UI saves: `{"data": [trace, ...]}`, one trace alone, or a list of traces.
//!
//! A trace is `{"traceID", "spans": [...], "processes": {"p1": {"serviceName", "tags"}}}`; spans name their process by key.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::attribute::{Attributes, Value};
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::span::{Ids, Log, Reference, ReferenceKind, Sent};
use crate::collect::{Collector, resource_fits};
use crate::ids;
use crate::json::{self, Members, Object, get, objects, plain};
use crate::origins::Origins;
use crate::raw::warn;
use crate::{DecodeError, Decoded, Format, Rejected};
use crate::{resource, shared, weight};

const EXPECTED: &str = "a trace saved from Jaeger, {\"data\": [{\"traceID\", \"spans\", \"processes\"}]}, in JSON";

/// Digits of an id: Jaeger leaves out leading zeros.
const DIGITS_MIN: usize = 1;

/// Traces.
pub const FORMAT: Format = Format { expected: EXPECTED, read: read_all };

/// Reads all traces of a body.
pub fn decode(body: &[u8]) -> Result<Decoded, DecodeError> {
    FORMAT.decode(body)
}

fn read_all(body: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let text = json::prepare(body, EXPECTED, &mut collector.decoded.warnings)?;
    if text.trim_start().starts_with('[') {
        return traces(&text, collector);
    }
    let object = Object::parse(&text).map_err(malformed)?;
    if let Some(data) = object.get(&["data"]) {
        traces(data.get(), collector)
    } else if object.get(&["spans"]).is_some() {
        trace(&object, collector)
    } else {
        Err(without_traces(&object))
    }
}

fn malformed(error: serde_json::Error) -> DecodeError {
    json::malformed(EXPECTED, error)
}

fn without_traces(object: &Object<'_>) -> DecodeError {
    if object.get(&["resourceSpans", "result"]).is_some() {
        return DecodeError::WrongDoor { looks_like: "OTLP JSON", advice: "post its resourceSpans to /v1/traces" };
    }
    let errors = object.get(&["errors"]).map(|errors| errors.get().chars().take(200).collect::<String>());
    let reason = errors.map_or_else(|| "it has no \"data\"".to_owned(), |errors| format!("it says {errors}"));
    DecodeError::Malformed { expected: EXPECTED, reason }
}

fn traces(list: &str, collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    for sent in json::list(list).map_err(malformed)? {
        match Object::parse(sent.get()) {
            Ok(object) => trace(&object, collector)?,
            Err(error) => collector.refuse(Rejected::of("", format!("expected a trace; {error}")))?,
        }
    }
    Ok(())
}

/// What tells the processes of one trace apart: the key they stand under, or, when a span brings its own, its text.
type Process = String;

fn trace(object: &Object<'_>, collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let trace_id = object.get(&["traceID"]).and_then(|id| serde_json::from_str::<String>(id.get()).ok());
    let listed = object.get(&["processes"]).map(|list| Object::parse(list.get()).map_err(malformed)).transpose()?;
    let (mut processes, mut left_out) = (HashMap::new(), Vec::new());
    for (key, sent) in listed.map(|listed| listed.0).unwrap_or_default() {
        if resource_fits(sent.get().len(), &mut collector.decoded.warnings) {
            processes.insert(key, sent);
        }
    }
    let Some(spans) = object.get(&["spans"]) else { return Ok(()) };
    let mut origins = Origins::new();
    let spans = json::list(spans.get()).map_err(malformed)?;
    let list = spans.iter().map(|sent| (weight::Sent::json(sent.get()), *sent));
    shared::read_list(collector, list, |sent| {
        let (ids, span, process) = read(sent, trace_id.as_deref())?;
        let resource = |process: &Process| {
            let sent = processes.get(process).map_or(process.as_str(), |sent| sent.get());
            resource::fit(resource(sent), &mut left_out)
        };
        Ok([span.into_raw(ids, &mut origins, process, resource)])
    })?;
    for warning in left_out {
        warn(&mut collector.decoded.warnings, warning);
    }
    Ok(())
}

/// A process as resource attributes; the field names the service, whatever a tag says.
fn resource(process: &str) -> Attributes {
    let Ok(Json::Object(members)) = serde_json::from_str(process) else { return Attributes::default() };
    let mut attributes = Vec::new();
    if let Some(service) = get(&members, &["serviceName"]).and_then(json::text) {
        attributes.push(("service.name".into(), Value::from(service)));
    }
    let named = !attributes.is_empty();
    let tags = tags(&members, "tags", &mut Vec::new());
    attributes.extend(tags.0.into_iter().filter(|(key, _)| !(named && key == "service.name")));
    Attributes(attributes)
}

fn read(sent: &RawValue, trace_id: Option<&str>) -> Result<(Ids, Sent, Process), Rejected> {
    let members = json::span_object(sent)?;
    let ids = identify(&members, trace_id)?;
    let mut warnings = Vec::new();
    let span = Sent {
        references: objects(&members, "references").filter_map(|sent| reference(sent, &mut warnings)).collect(),
        name: text(&members, "operationName"),
        flags: get(&members, &["flags"]).and_then(json::unsigned).and_then(|flags| flags.try_into().ok()).unwrap_or(0),
        start_us: number(&members, "startTime", &mut warnings),
        duration_us: number(&members, "duration", &mut warnings),
        tags: tags(&members, "tags", &mut warnings),
        logs: objects(&members, "logs").map(|sent| log(sent, &mut warnings)).collect(),
        warnings,
    };
    let process = match get(&members, &["process"]) {
        Some(process) => process.to_string(),
        None => text(&members, "processID"),
    };
    Ok((ids, with_warnings_of_jaeger(span, &members), process))
}

/// Jaeger leaves its own remarks on spans, about clocks for example.
fn with_warnings_of_jaeger(mut span: Sent, members: &Members) -> Sent {
    let remarks = get(members, &["warnings"]).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
    for remark in remarks.iter().filter_map(Json::as_str) {
        warn(&mut span.warnings, format!("Jaeger: {remark}"));
    }
    span
}

fn identify(members: &Members, around: Option<&str>) -> Result<Ids, Rejected> {
    let span_id = text(members, "spanID");
    let own = Some(text(members, "traceID")).filter(|id| !id.is_empty());
    let trace_id = own.as_deref().or(around).unwrap_or_default();
    let refuse = |reason: String| Rejected::of(&span_id, reason).in_trace(trace_id);
    Ok(Ids {
        trace_id: ids::trace_id(trace_id, "traceID", DIGITS_MIN).map_err(refuse)?,
        parent_id: ids::parent_id(&text(members, "parentSpanID"), "parentSpanID", DIGITS_MIN).map_err(refuse)?,
        span_id: ids::span_id(&span_id, "spanID", DIGITS_MIN).map_err(refuse)?,
    })
}

fn text(members: &Members, name: &str) -> String {
    get(members, &[name]).and_then(json::text).unwrap_or_default()
}

fn number(members: &Members, name: &str, warnings: &mut Vec<String>) -> i64 {
    let Some(sent) = get(members, &[name]) else { return 0 };
    json::int(sent).unwrap_or_else(|| {
        warn(warnings, format!("{name} is not a count of microseconds"));
        0
    })
}

fn reference(sent: &Members, warnings: &mut Vec<String>) -> Option<Reference> {
    let kind = match text(sent, "refType").as_str() {
        "FOLLOWS_FROM" => ReferenceKind::FollowsFrom,
        _ => ReferenceKind::ChildOf,
    };
    let trace_id = ids::trace_id(&text(sent, "traceID"), "", DIGITS_MIN);
    let span_id = ids::span_id(&text(sent, "spanID"), "", DIGITS_MIN);
    let (Ok(trace_id), Ok(span_id)) = (trace_id, span_id) else {
        warn(warnings, "a reference without valid ids was left out");
        return None;
    };
    Some(Reference { kind, trace_id, span_id })
}

fn log(sent: &Members, warnings: &mut Vec<String>) -> Log {
    Log { at_us: number(sent, "timestamp", warnings), fields: tags(sent, "fields", warnings) }
}

/// A list of `{"key", "type", "value"}`; those without a key say nothing.
fn tags(members: &Members, name: &str, warnings: &mut Vec<String>) -> Attributes {
    let mut attributes = Vec::new();
    for tag in objects(members, name) {
        let key = text(tag, "key");
        if !key.is_empty() {
            let value = get(tag, &["value"]).map_or(Value::Empty, |sent| value(&text(tag, "type"), sent, warnings));
            attributes.push((key.into(), value));
        }
    }
    Attributes(attributes)
}

/// A value by the type it is said to have; one that is of another type after all is kept as what it is.
fn value(kind: &str, sent: &Json, warnings: &mut Vec<String>) -> Value {
    let typed = match kind {
        "string" => json::text(sent).map(Value::from),
        "bool" => sent.as_bool().or_else(|| sent.as_str()?.parse().ok()).map(Value::Bool),
        "int64" => json::int(sent).map(Value::Int),
        "float64" => json::double(sent).map(Value::Double),
        "binary" => sent.as_str().and_then(|text| STANDARD.decode(text).ok()).map(Value::Bytes),
        _ => None,
    };
    typed.unwrap_or_else(|| plain::value(sent.clone(), warnings))
}

#[cfg(test)]
mod tests;
