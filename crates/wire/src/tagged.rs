//! Protocols that know a span only by its tags: what OpenTelemetry's exporters write there for want of a field.
//!
//! The tags are those of the specifications "OpenTelemetry to Zipkin Transformation" and "OpenTelemetry to Jaeger
//! Transformation", and what the Collector adds to them. A tag that has found its place is not kept as an attribute as well;
//! one that cannot be read as what it should be stays a plain attribute.

use model::attribute::{Attributes, Value};
use model::span::Link;

use crate::json::plain;
use crate::origins::Scope;
use crate::raw::{RawSpan, warn};

/// OTLP status code of success.
const OK: i32 = 1;

/// OTLP status code of failure.
const ERROR: i32 = 2;

/// Span kinds by OTLP number, as the tag `span.kind` has them.
const KINDS: [&str; 6] = ["unspecified", "internal", "server", "client", "producer", "consumer"];

/// Gives the span its tags: as attributes, or where they belong. What is left is the instrumentation scope they named.
pub fn settle(span: &mut RawSpan, tags: Attributes) -> Scope {
    let mut scope = Scope::default();
    span.attributes.0.reserve(tags.0.len());
    for (key, value) in tags.0 {
        if !place(span, &mut scope, &key, &value) {
            span.attributes.0.push((key, value));
        }
    }
    failure(span);
    scope
}

/// Whether the tag has a place of its own and went there.
fn place(span: &mut RawSpan, scope: &mut Scope, key: &str, value: &Value) -> bool {
    let text = if let Value::String(text) = value { Some(text.as_str()) } else { None };
    let placed = match key {
        "otel.status_code" => text.and_then(status).map(|code| span.status_code = code),
        "otel.status_description" => text.map(|words| words.clone_into(&mut span.status_message)),
        "otel.scope.name" | "otel.library.name" => text.map(|name| name.clone_into(&mut scope.name)),
        "otel.scope.version" | "otel.library.version" => text.map(|version| version.clone_into(&mut scope.version)),
        "otel.dropped_attributes_count" => count(value).map(|count| span.dropped[0] = count),
        "otel.dropped_events_count" => count(value).map(|count| span.dropped[1] = count),
        "otel.dropped_links_count" => count(value).map(|count| span.dropped[2] = count),
        "w3c.tracestate" => text.map(|state| state.clone_into(&mut span.trace_state)),
        // Where the span was translated from is of no use once it is translated.
        "internal.span.format" => Some(()),
        "span.kind" if span.kind == 0 => text.and_then(kind).map(|kind| span.kind = kind),
        key if key.starts_with("otlp.link.") => {
            text.and_then(|text| link(text, &mut span.warnings)).map(|link| span.links.push(link))
        }
        _ => None,
    };
    placed.is_some()
}

/// The OTLP number of a status code, by name in any case.
pub fn status(word: &str) -> Option<i32> {
    match word.to_ascii_uppercase().as_str() {
        "UNSET" => Some(0),
        "OK" => Some(OK),
        "ERROR" => Some(ERROR),
        _ => None,
    }
}

/// The OTLP number of a span kind, by name in any case.
pub fn kind(word: &str) -> Option<i32> {
    let position = KINDS.iter().position(|known| known.eq_ignore_ascii_case(word))?;
    i32::try_from(position).ok()
}

fn count(value: &Value) -> Option<u32> {
    match value {
        Value::Int(int) => (*int).try_into().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The tag `error`: its presence is the failure and its text the reason, but "false" is a success and "true" no reason.
fn failure(span: &mut RawSpan) {
    let reason = match span.attributes.get("error") {
        _ if span.status_code == OK => return,
        Some(Value::Bool(true)) => String::new(),
        Some(Value::String(text)) if text.eq_ignore_ascii_case("true") => String::new(),
        Some(Value::String(text)) if !text.eq_ignore_ascii_case("false") => text.to_string(),
        _ => return,
    };
    span.status_code = ERROR;
    if span.status_message.is_empty() {
        span.status_message = reason;
    }
    span.attributes.0.retain(|(key, _)| key != "error");
}

/// A link as the Collector writes it: `trace id|span id|tracestate|{attributes}|dropped attributes`.
fn link(text: &str, warnings: &mut Vec<String>) -> Option<Link> {
    let mut parts = text.splitn(4, '|');
    let (trace_id, span_id, _) = (parts.next()?, parts.next()?, parts.next()?);
    let (attributes, _) = parts.next()?.rsplit_once('|')?;
    Some(Link {
        trace_id: trace_id.parse().ok()?,
        span_id: span_id.parse().ok()?,
        attributes: plain::attributes(serde_json::from_str(attributes).ok()?, warnings),
    })
}

/// Microseconds as nanoseconds. What does not fit is past the end of every calendar and ends up at the end of time, which
/// `normalise` tells the sender.
pub const fn micros(count: u64) -> u64 {
    count.saturating_mul(1000)
}

/// Start and end of a span that was sent with a start and a duration, both in microseconds. A duration without a start says
/// nothing about when it ended.
pub fn times(span: &mut RawSpan, start_us: Option<u64>, duration_us: Option<u64>) {
    span.start_ns = micros(start_us.unwrap_or(0));
    if span.start_ns > 0 {
        span.end_ns = span.start_ns.saturating_add(micros(duration_us.unwrap_or(0)));
        if duration_us.is_none() {
            warn(&mut span.warnings, "no duration was sent; it is taken to be zero");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{SpanId, TraceId};

    fn settled(tags: &[(&str, Value)]) -> (RawSpan, Scope) {
        let mut span = RawSpan::new(TraceId::from_bytes([1; 16]).unwrap(), SpanId::from_bytes([1; 8]).unwrap());
        let tags = tags.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
        let scope = settle(&mut span, Attributes(tags));
        (span, scope)
    }

    #[test]
    fn what_stands_in_tags_for_want_of_a_field_goes_where_it_belongs() {
        let (span, scope) = settled(&[
            ("otel.status_code", "ERROR".into()),
            ("error", "timed out".into()),
            ("otel.scope.name", "lib".into()),
            ("otel.library.version", "1.2".into()),
            ("otel.dropped_events_count", "3".into()),
            ("w3c.tracestate", "a=b".into()),
            ("span.kind", "client".into()),
            ("internal.span.format", "otlp".into()),
            ("http.method", "GET".into()),
        ]);
        assert_eq!((span.status_code, span.status_message.as_str(), span.kind), (ERROR, "timed out", 3));
        assert_eq!(scope, Scope { name: "lib".into(), version: "1.2".into() });
        assert_eq!((span.dropped, span.trace_state.as_str()), ([0, 3, 0], "a=b"));
        assert_eq!(span.attributes, Attributes(vec![("http.method".into(), "GET".into())]));
    }

    #[test]
    fn an_error_tag_is_a_failure_unless_it_says_false_or_the_status_says_ok() {
        for (value, code, message) in [
            (Value::Bool(true), ERROR, ""),
            ("true".into(), ERROR, ""),
            ("".into(), ERROR, ""),
            ("refused".into(), ERROR, "refused"),
            (Value::Bool(false), 0, ""),
            ("false".into(), 0, ""),
        ] {
            let (span, _) = settled(&[("error", value.clone())]);
            assert_eq!((span.status_code, span.status_message.as_str()), (code, message), "{value:?}");
        }
        let (span, _) = settled(&[("error", "handled".into()), ("otel.status_code", "OK".into())]);
        assert_eq!((span.status_code, span.attributes.text("error")), (OK, Some("handled")));
        let (span, _) = settled(&[("error", true.into()), ("otel.status_description", "disk full".into())]);
        assert_eq!(span.status_message, "disk full");
    }

    #[test]
    fn what_cannot_be_read_stays_an_attribute() {
        let (span, _) = settled(&[
            ("otel.status_code", "SIDEWAYS".into()),
            ("span.kind", 7.into()),
            ("otlp.link.0", "nonsense".into()),
            ("otel.dropped_links_count", "many".into()),
        ]);
        assert_eq!((span.status_code, span.kind, span.links.len(), span.attributes.0.len()), (0, 0, 0, 4));
    }

    #[test]
    fn links_of_the_collector_are_read_back() {
        let text = r#"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a|1a2b3c4d5e6f7890|a=b|{"why":"x|y"}|0"#;
        let (span, _) = settled(&[("otlp.link.0", text.into())]);
        assert_eq!(span.links[0].span_id.to_string(), "1a2b3c4d5e6f7890");
        assert_eq!(span.links[0].attributes.text("why"), Some("x|y"));
    }

    #[test]
    fn microseconds_past_the_end_of_time_stay_there() {
        let (mut span, _) = settled(&[]);
        times(&mut span, Some(u64::MAX / 10), Some(u64::MAX));
        assert_eq!((span.start_ns, span.end_ns), (u64::MAX, u64::MAX));
    }
}
