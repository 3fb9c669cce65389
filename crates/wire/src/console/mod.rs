//! What the console exporters of OpenTelemetry SDKs print: JSON objects one after another, pretty or on a line each, with
//! whatever else the program prints in between. Python and Go print JSON; JavaScript does not, and is told so.

mod go;
mod python;

use serde_json::Value;

use crate::collect::Collector;
use crate::documents::{Document, Documents};
use crate::json::{self, Members, get};
use crate::origins::Origins;
use crate::raw::{RawSpan, warn};
use crate::weight::Sent;
use crate::{DecodeError, Decoded, Rejected};

const EXPECTED: &str = "the output of an OpenTelemetry console exporter";

/// Reads the output of a program. What is refused is refused with the number of the line it begins on.
pub fn decode(body: &[u8]) -> Result<Decoded, DecodeError> {
    if body.trim_ascii().is_empty() {
        return Err(DecodeError::Empty { expected: EXPECTED });
    }
    match Documents::of(body).next() {
        None => Err(DecodeError::Malformed { expected: EXPECTED, reason: "it has no JSON object".to_owned() }),
        Some(first) if is_inspected(first.bytes) => {
            Err(DecodeError::WrongDoor { looks_like: JAVASCRIPT, advice: ADVICE })
        }
        Some(_) => decode_from(body, 1),
    }
}

/// Reads a stretch of output, where the first line has this number. It may well hold no span at all.
pub fn decode_from(body: &[u8], first_line: u64) -> Result<Decoded, DecodeError> {
    let mut collector = Collector::whole(EXPECTED);
    let mut origins = Origins::new();
    let mut documents = Documents::of(body);
    for document in documents.by_ref() {
        collector.at(format!("line {}: ", first_line + document.line));
        one(&document, &mut origins, &mut collector)?;
    }
    if documents.others > 0 {
        collector.decoded.warnings.push(format!("{} lines that are not spans were left out", documents.others));
    }
    Ok(collector.decoded)
}

const JAVASCRIPT: &str = "what OpenTelemetry's console exporter for JavaScript prints, which is not JSON";

const ADVICE: &str = "export over OTLP, or to a file as OTLP JSON";

/// What tells resources apart: their text.
type Resource = String;

fn one(
    document: &Document<'_>,
    origins: &mut Origins<Resource>,
    collector: &mut Collector<'_>,
) -> Result<(), DecodeError> {
    let mut warnings = Vec::new();
    let mut other_signal = false;
    let read = || {
        let members = parse(document.bytes, &mut warnings)?;
        // Metrics and log records of the same program, printed by their own console exporters.
        if get(&members, &["resource_metrics", "severity_number", "ScopeMetrics", "SeverityText"]).is_some() {
            other_signal = true;
            return Ok(None);
        }
        span(&members, origins).map(Some)
    };
    collector.spans(Sent::json_bytes(document.bytes), read)?;
    for warning in warnings {
        warn(&mut collector.decoded.warnings, warning);
    }
    if other_signal {
        warn(&mut collector.decoded.warnings, "logs or metrics were left out: only traces are kept");
    }
    Ok(())
}

fn parse(bytes: &[u8], warnings: &mut Vec<String>) -> Result<Members, Rejected> {
    let text = json::prepare(bytes, EXPECTED, warnings).map_err(|error| Rejected::of("", error.to_string()))?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Rejected::of("", "expected a span object")),
        Err(_) if is_inspected(bytes) => Err(Rejected::of("", format!("looks like {JAVASCRIPT}; {ADVICE}"))),
        Err(error) => Err(Rejected::of("", format!("the span is broken: {error}"))),
    }
}

fn span(members: &Members, origins: &mut Origins<Resource>) -> Result<RawSpan, Rejected> {
    if members.contains_key("context") {
        python::span(members, origins)
    } else if members.contains_key("SpanContext") {
        go::span(members, origins)
    } else {
        Err(Rejected::of("", "expected a span as the console exporters of Python and Go print it"))
    }
}

/// Node's `util.inspect` leaves the quotes of keys out.
fn is_inspected(document: &[u8]) -> bool {
    let inside = document.strip_prefix(b"{").unwrap_or(document).trim_ascii_start();
    inside.first().is_some_and(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests;
