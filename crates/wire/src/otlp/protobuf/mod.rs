//! OTLP in protobuf: resource by resource, span by span.

mod encode;

use std::sync::Arc;

use model::attribute::{Attributes, Value};
use model::id::IdError;
use model::{SpanId, TraceId, Usd};
use prost::Message;

use super::messages;
use super::mistaken;
use super::values::{AnyValue, KeyValue, Kind};
use crate::collect::{Collector, resource_fits};
use crate::fields::{self, Broken, Fields};
use crate::mend;
use crate::raw::{Origin, RawEvent, RawSpan, warn};
use crate::resource;
use crate::weight::Sent;
use crate::{DecodeError, Decoded, Format, Rejected};

pub use encode::{Encoder, encode};

const EXPECTED: &str = "an OTLP ExportTraceServiceRequest in protobuf";

/// An `ExportTraceServiceRequest`. An empty body is an empty request, as protobuf has it.
pub const FORMAT: Format = Format { expected: EXPECTED, read };

/// Reads a whole request.
pub fn decode(body: &[u8]) -> Result<Decoded, DecodeError> {
    FORMAT.decode(body)
}

fn read(body: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let likely = |error| mistaken::for_protobuf(body).or_else(|| mistaken::for_request(body)).unwrap_or(error);
    if collector.is_slicing() {
        // Nothing is handed over of a body that is broken further on. The envelope is a small part of it.
        envelope(body).map_err(|error| likely(broken(error)))?;
    }
    collector.decoded.declared = fields::messages(body, DECLARED).map_while(Result::ok).filter_map(declared).collect();
    for group in fields::messages(body, RESOURCE_SPANS) {
        group.map_err(broken).and_then(|group| resource_spans(group, collector)).map_err(likely)?;
    }
    let mistake = || mistaken::for_request(body).or_else(|| first_span(body).and_then(mistaken::for_span));
    if collector.has_spans() { Ok(()) } else { mistake().map_or(Ok(()), Err) }
}

/// Goes through everything around the spans.
fn envelope(body: &[u8]) -> Result<(), Broken> {
    for group in fields::messages(body, RESOURCE_SPANS) {
        for scope_spans in fields::messages(group?, SCOPE_SPANS) {
            Fields::of(scope_spans?).try_for_each(|field| field.map(drop))?;
        }
    }
    Ok(())
}

// Field numbers of the envelope; `messages` has the same messages for writing.
const RESOURCE_SPANS: u64 = 1;
const DECLARED: u64 = 5001;
const RESOURCE: u64 = 1;
const SCOPE_SPANS: u64 = 2;
const SCOPE: u64 = 1;
const SPANS: u64 = 2;

fn broken(broken: Broken) -> DecodeError {
    DecodeError::Malformed { expected: EXPECTED, reason: broken.to_string() }
}

fn resource_spans(group: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let sent = last(group, RESOURCE).map_err(broken)?;
    let resource = Arc::new(resource(sent, &mut collector.decoded.warnings));
    for scope_spans in fields::messages(group, SCOPE_SPANS) {
        let scope_spans = scope_spans.map_err(broken)?;
        let sent = last(scope_spans, SCOPE).map_err(broken)?;
        let origin = Arc::new(origin(&resource, sent, &mut collector.decoded.warnings));
        for bytes in fields::messages(scope_spans, SPANS) {
            let bytes = bytes.map_err(broken)?;
            collector.span(Sent::otlp(bytes), || span(bytes, &origin))?;
        }
    }
    Ok(())
}

/// A total that was declared for a trace. It is a check value, so one that cannot be read is no loss.
fn declared(sent: &[u8]) -> Option<(TraceId, Usd)> {
    let sent = messages::Declared::decode(sent).ok()?;
    Some((TraceId::from_slice(&sent.trace_id).ok()?, sent.cost_usd.parse().ok()?))
}

/// The message under `number`; of several the last one, and an empty one when there is none.
fn last(message: &[u8], number: u64) -> Result<&[u8], Broken> {
    fields::messages(message, number).last().unwrap_or(Ok(&[]))
}

fn first_span(body: &[u8]) -> Option<&[u8]> {
    let groups = fields::messages(body, RESOURCE_SPANS).map_while(Result::ok);
    let scopes = groups.flat_map(|group| fields::messages(group, SCOPE_SPANS).map_while(Result::ok));
    scopes.flat_map(|scope| fields::messages(scope, SPANS).map_while(Result::ok)).next()
}

/// A resource that cannot be read costs its attributes, not its spans.
fn resource(sent: &[u8], warnings: &mut Vec<String>) -> Attributes {
    if !resource_fits(sent.len(), warnings) {
        return Attributes::default();
    }
    match mend::decode::<messages::Resource>(sent, &messages::RESOURCE, warnings) {
        Ok(resource) => {
            let sent = attributes(resource.attributes, warnings);
            resource::fit(sent, warnings)
        }
        Err(error) => {
            warn(warnings, format!("a resource could not be read and was left out: {error}"));
            Attributes::default()
        }
    }
}

fn origin(resource: &Arc<Attributes>, sent: &[u8], warnings: &mut Vec<String>) -> Origin {
    let scope = mend::decode(sent, &messages::SCOPE, warnings);
    let scope: messages::Scope = scope.unwrap_or_else(|error| {
        warn(warnings, format!("an instrumentation scope could not be read and was left out: {error}"));
        messages::Scope::default()
    });
    resource::origin(resource, scope.name, scope.version, warnings)
}

/// One span, or why it is refused.
fn span(bytes: &[u8], origin: &Arc<Origin>) -> Result<RawSpan, Rejected> {
    let mut warnings = Vec::new();
    let sent: messages::Span = mend::decode(bytes, &messages::SPAN, &mut warnings)
        .map_err(|error| Rejected::of("", format!("the span is broken: {error}")))?;
    let refuse = |field: &str, error: IdError| {
        Rejected::of(&hex(&sent.span_id), format!("{field}: {error}")).in_trace(&hex(&sent.trace_id))
    };
    let trace_id = TraceId::from_slice(&sent.trace_id).map_err(|error| refuse("trace_id", error))?;
    let span_id = SpanId::from_slice(&sent.span_id).map_err(|error| refuse("span_id", error))?;
    // No parent is sent as nothing or, by some clients, as zeros.
    let parent_span_id = if sent.parent_span_id.iter().all(|byte| *byte == 0) {
        None
    } else {
        Some(SpanId::from_slice(&sent.parent_span_id).map_err(|error| refuse("parent_span_id", error))?)
    };
    let status = sent.status.unwrap_or_default();
    for warning in sent.warnings {
        warn(&mut warnings, warning);
    }
    Ok(RawSpan {
        parent_span_id,
        name: sent.name,
        kind: sent.kind,
        start_ns: sent.start_time_unix_nano,
        end_ns: sent.end_time_unix_nano,
        status_code: status.code,
        status_message: status.message,
        fields: attributes(sent.fields, &mut warnings),
        attributes: attributes(sent.attributes, &mut warnings),
        origin: Arc::clone(origin),
        events: sent.events.into_iter().map(|sent| event(sent, &mut warnings)).collect(),
        links: sent.links.into_iter().filter_map(|sent| link(sent, &mut warnings)).collect(),
        trace_state: sent.trace_state,
        flags: sent.flags,
        dropped: [sent.dropped_attributes_count, sent.dropped_events_count, sent.dropped_links_count],
        warnings,
        ..RawSpan::new(trace_id, span_id)
    })
}

/// Bytes of an id as hex, whatever their number; more than a few are cut, since they only serve to recognise it.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn event(sent: messages::Event, warnings: &mut Vec<String>) -> RawEvent {
    RawEvent { time_ns: sent.time_unix_nano, name: sent.name, attributes: attributes(sent.attributes, warnings) }
}

fn link(sent: messages::Link, warnings: &mut Vec<String>) -> Option<model::span::Link> {
    match (TraceId::from_slice(&sent.trace_id), SpanId::from_slice(&sent.span_id)) {
        (Ok(trace_id), Ok(span_id)) => {
            Some(model::span::Link { trace_id, span_id, attributes: attributes(sent.attributes, warnings) })
        }
        _ => {
            warn(warnings, "a link without valid ids was left out");
            None
        }
    }
}

fn attributes(sent: Vec<KeyValue>, warnings: &mut Vec<String>) -> Attributes {
    let mut attributes = Vec::with_capacity(sent.len());
    for pair in sent {
        if pair.key.is_empty() && pair.key_strindex != 0 {
            warn(warnings, "an attribute whose key is an index into a table of strings was left out: spans have none");
        } else {
            attributes.push((pair.key, value(pair.value, warnings)));
        }
    }
    Attributes(attributes)
}

/// Recursion ends where prost's decoding did: it refuses messages nested more than 100 deep.
fn value(sent: Option<AnyValue>, warnings: &mut Vec<String>) -> Value {
    match sent.and_then(|value| value.kind) {
        None => Value::Empty,
        Some(Kind::Text(text)) => Value::String(text),
        Some(Kind::Bool(truth)) => Value::Bool(truth),
        Some(Kind::Int(int)) => Value::Int(int),
        Some(Kind::Double(double)) => Value::Double(double),
        Some(Kind::Bytes(bytes)) => Value::Bytes(bytes),
        Some(Kind::Array(array)) => {
            Value::Array(array.values.into_iter().map(|item| value(Some(item), warnings)).collect())
        }
        Some(Kind::Map(map)) => Value::Map(attributes(map.values, warnings)),
        Some(Kind::TextIndex(_)) => {
            warn(warnings, "a value that is an index into a table of strings was left out: spans have none");
            Value::Empty
        }
    }
}

#[cfg(test)]
mod tests;
