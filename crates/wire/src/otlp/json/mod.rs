//! OTLP in JSON, read leniently: what the specification allows, what proto3 JSON allows beyond it, and the commonest slips.
//!
//! Accepted besides the letter of the specification: enum names, `null` for absent, numbers as strings and strings as
//! numbers, `"NaN"`, an empty `arrayValue`, snake_case names. Ids must be hex: an id in base64 cannot be told from a wrong
//! one with certainty, so its span is refused with that hint.

mod lines;
mod span;
mod value;

use std::sync::Arc;

use model::attribute::Attributes;
use serde_json::value::RawValue;

use super::mistaken;
use crate::collect::{Collector, resource_fits};
use crate::json::{self, Object};
use crate::raw::{Origin, warn};
use crate::resource;
use crate::weight::Sent;
use crate::{DecodeError, Decoded, Format};

pub use lines::{LINES_FORMAT, decode_lines, decode_lines_from};

const EXPECTED: &str = "an OTLP ExportTraceServiceRequest in JSON";

/// An `ExportTraceServiceRequest`.
pub const FORMAT: Format = Format { expected: EXPECTED, read };

/// Reads a whole request.
pub fn decode(body: &[u8]) -> Result<Decoded, DecodeError> {
    FORMAT.decode(body)
}

fn read(body: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    if let Some(mistake) = mistaken::for_json(body) {
        return Err(mistake);
    }
    let text = json::prepare(body, EXPECTED, &mut collector.decoded.warnings)?;
    request(&Object::parse(&text).map_err(malformed)?, collector)
}

fn request(request: &Object<'_>, collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let Some(groups) = request.get(&["resourceSpans", "resource_spans"]) else {
        return without_spans(request, &mut collector.decoded);
    };
    for group in json::list(groups.get()).map_err(malformed)? {
        resource_spans(&Object::parse(group.get()).map_err(malformed)?, collector)?;
    }
    Ok(())
}

fn malformed(error: serde_json::Error) -> DecodeError {
    json::malformed(EXPECTED, error)
}

/// A request without spans is fine when it is empty, and a mistake worth naming when it is something else.
fn without_spans(request: &Object<'_>, decoded: &mut Decoded) -> Result<(), DecodeError> {
    let mistakes = [
        (["resourceLogs", "resource_logs"], "OTLP logs", "post them to /v1/logs"),
        (["resourceMetrics", "resource_metrics"], "OTLP metrics", "post them to /v1/metrics"),
        (["spans", "trace_id"], "native JSON", "post it to /api/v1/traces"),
    ];
    for (names, looks_like, advice) in mistakes {
        if request.get(&names).is_some() {
            return Err(DecodeError::WrongDoor { looks_like, advice });
        }
    }
    if !request.0.is_empty() {
        decoded.warnings.push("the body has no resourceSpans, so it brought no spans".into());
    }
    Ok(())
}

fn resource_spans(group: &Object<'_>, collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let resource = Arc::new(resource(group.get(&["resource"]), &mut collector.decoded.warnings));
    // The third name is what scopes were called before OTLP 0.15.
    let Some(scopes) = group.get(&["scopeSpans", "scope_spans", "instrumentationLibrarySpans"]) else { return Ok(()) };
    for scope in json::list(scopes.get()).map_err(malformed)? {
        let scope = Object::parse(scope.get()).map_err(malformed)?;
        let sent = scope.get(&["scope", "instrumentationLibrary"]);
        let origin = Arc::new(origin(&resource, sent, &mut collector.decoded.warnings));
        let Some(spans) = scope.get(&["spans"]) else { continue };
        for sent in json::list(spans.get()).map_err(malformed)? {
            collector.span(Sent::json(sent.get()), || span::read(sent, &origin))?;
        }
    }
    Ok(())
}

/// A resource that cannot be read costs its attributes, not its spans.
fn resource(sent: Option<&RawValue>, warnings: &mut Vec<String>) -> Attributes {
    let Some(sent) = sent.filter(|sent| resource_fits(sent.get().len(), warnings)) else {
        return Attributes::default();
    };
    match serde_json::from_str::<serde_json::Value>(sent.get()) {
        Ok(serde_json::Value::Object(sent)) => {
            let attributes = value::attributes(json::get(&sent, &["attributes"]), warnings);
            resource::fit(attributes, warnings)
        }
        Ok(_) => {
            warn(warnings, "a resource was not an object and was left out");
            Attributes::default()
        }
        Err(error) => {
            warn(warnings, format!("a resource could not be read and was left out: {error}"));
            Attributes::default()
        }
    }
}

fn origin(resource: &Arc<Attributes>, sent: Option<&RawValue>, warnings: &mut Vec<String>) -> Origin {
    let scope = sent.and_then(|scope| Object::parse(scope.get()).ok());
    let text = |name: &str| {
        let member = scope.as_ref()?.get(&[name])?;
        serde_json::from_str::<String>(member.get()).ok()
    };
    resource::origin(resource, text("name").unwrap_or_default(), text("version").unwrap_or_default(), warnings)
}

#[cfg(test)]
mod tests;
