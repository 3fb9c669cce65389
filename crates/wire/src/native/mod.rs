//! Our own JSON, the shape of the documents: a trace, `{"spans": [...]}`, or a list of traces.
//!
//! Each span may name its own `trace_id`; otherwise it has that of the trace around it. Times are RFC 3339 with up to nine
//! decimals. What a span says in members of its own (`service`, `tenant`, `cost_usd`, ...) wins over its `attributes`;
//! members we do not know become attributes. `total_cost_usd` is a declaration to check against, never a cost.
//! [`decode_lines`] reads many such bodies, one to a line.

mod lines;
mod outcome;
mod span;

use model::{TraceId, Usd};
use serde_json::value::RawValue;

use crate::collect::Collector;
use crate::json::{self, Object};
use crate::raw::warn;
use crate::weight::Sent;
use crate::{DecodeError, Decoded, Format};

pub use lines::{LINES_FORMAT, decode_lines, decode_lines_from};

const EXPECTED: &str = "a trace {\"trace_id\", \"spans\": [...]}, {\"spans\": [...]} or a list of traces, in JSON";

/// A body in the native shape.
pub const FORMAT: Format = Format { expected: EXPECTED, read };

/// Reads a whole body in the native shape.
pub fn decode(body: &[u8]) -> Result<Decoded, DecodeError> {
    FORMAT.decode(body)
}

fn read(body: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let text = json::prepare(body, EXPECTED, &mut collector.decoded.warnings)?;
    if text.trim_start().starts_with('[') {
        return list(&text, collector);
    }
    let object = object(&text)?;
    if object.get(&["spans"]).is_none() {
        let reason = "it has no \"spans\"".into();
        return Err(DecodeError::Malformed { expected: EXPECTED, reason });
    }
    trace(&object, collector)
}

/// Traces and bare spans in any mixture.
fn list(text: &str, collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    for entry in json::list(text).map_err(malformed)? {
        match Object::parse(entry.get()) {
            Ok(object) if object.get(&["spans"]).is_some() => trace(&object, collector)?,
            // A bare span in the list; one that is not even an object is refused like any broken span.
            _ => collector.span(Sent::json_members(entry.get()), || span::read(entry, None))?,
        }
    }
    Ok(())
}

fn object(text: &str) -> Result<Object<'_>, DecodeError> {
    let object = Object::parse(text).map_err(malformed)?;
    if object.get(&["resourceSpans", "resource_spans"]).is_some() {
        return Err(DecodeError::WrongDoor { looks_like: "OTLP JSON", advice: "post it to /v1/traces" });
    }
    Ok(object)
}

fn malformed(error: serde_json::Error) -> DecodeError {
    json::malformed(EXPECTED, error)
}

fn trace(object: &Object<'_>, collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let trace_id = object.get(&["trace_id", "traceId"]).map(string);
    if let Some(total) = object.get(&["total_cost_usd"]) {
        declare(trace_id.as_deref(), total, &mut collector.decoded);
    }
    let Some(spans) = object.get(&["spans"]) else { return Ok(()) };
    for sent in json::list(spans.get()).map_err(malformed)? {
        collector.span(Sent::json_members(sent.get()), || span::read(sent, trace_id.as_deref()))?;
    }
    Ok(())
}

/// A declared total that cannot be used is worth a warning and no more: nothing is ever summed from it.
fn declare(trace_id: Option<&str>, total: &RawValue, decoded: &mut Decoded) {
    let id = trace_id.and_then(|id| id.parse::<TraceId>().ok());
    match (id, string(total).parse::<Usd>()) {
        (Some(id), Ok(total)) => decoded.declared.push((id, total)),
        (None, _) => warn(&mut decoded.warnings, "total_cost_usd of a trace without a valid trace_id was left out"),
        (_, Err(error)) => warn(&mut decoded.warnings, format!("total_cost_usd was left out: {error}")),
    }
}

/// A JSON string's text, or a number's digits as they were written.
fn string(raw: &RawValue) -> String {
    serde_json::from_str::<String>(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

#[cfg(test)]
mod tests;
