//! Version 2 in protobuf: `zipkin.proto3.ListOfSpans`.

use std::net::{Ipv4Addr, Ipv6Addr};

use bytes::Bytes;
use model::attribute::{Attributes, Value};
use model::id::IdError;
use model::{SpanId, TraceId};

use super::endpoint::Endpoint;
use super::span::Sent;
use super::{full, messages};
use crate::collect::Collector;
use crate::fields::{self, Broken};
use crate::mend;
use crate::origins::Origins;
use crate::raw::warn;
use crate::shared;
use crate::weight;
use crate::{DecodeError, Format, Rejected};

const EXPECTED: &str = "a Zipkin ListOfSpans in protobuf";

/// Field number of a span in the list.
const SPANS: u64 = 1;

/// OTLP span kinds by Zipkin's numbers: none, CLIENT, SERVER, PRODUCER, CONSUMER.
const KINDS: [i32; 5] = [0, 3, 2, 4, 5];

/// A `ListOfSpans`. An empty body is an empty list, as protobuf has it.
pub const FORMAT: Format = Format { expected: EXPECTED, read: read_all };

fn read_all(body: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let entries: Vec<&[u8]> =
        fields::messages(body, SPANS).collect::<Result<_, _>>().map_err(|broken| mistake(body, broken))?;
    let mut origins = Origins::new();
    let list = entries.iter().map(|entry| (weight::Sent::flat(entry), *entry));
    shared::read_list(collector, list, |entry| Ok([read(entry)?.into_raw(&mut origins)]))?;
    if !collector.has_spans() && is_otlp(body) {
        return Err(DecodeError::WrongDoor { looks_like: "OTLP in protobuf", advice: "post it to /v1/traces" });
    }
    Ok(())
}

/// OTLP's list of resources has the number of our list of spans, and a list of scopes where a span has its parent's id.
fn is_otlp(body: &[u8]) -> bool {
    let first = fields::messages(body, SPANS).next().and_then(Result::ok).unwrap_or_default();
    let is_long = |parent: Result<&[u8], Broken>| parent.is_ok_and(|parent| parent.len() > 8);
    fields::messages(first, 2).next().is_some_and(is_long) && fields::messages(first, 3).next().is_none()
}

fn mistake(body: &[u8], broken: Broken) -> DecodeError {
    match body.trim_ascii_start() {
        [b'[' | b'{', ..] => {
            DecodeError::WrongDoor { looks_like: "JSON", advice: "send it with Content-Type: application/json" }
        }
        [0x1f, 0x8b, ..] => {
            DecodeError::WrongDoor { looks_like: "gzip", advice: "send it with Content-Encoding: gzip" }
        }
        _ => DecodeError::Malformed { expected: EXPECTED, reason: broken.to_string() },
    }
}

fn read(bytes: &[u8]) -> Result<Sent, Rejected> {
    let mut warnings = Vec::new();
    let sent: messages::Span = mend::decode(bytes, &messages::SPAN, &mut warnings)
        .map_err(|error| Rejected::of("", format!("the span is broken: {error}")))?;
    let mut span = Sent { warnings, ..identify(&sent)? };
    span.kind = usize::try_from(sent.kind).ok().and_then(|kind| KINDS.get(kind).copied()).unwrap_or_else(|| {
        warn(&mut span.warnings, format!("kind is {}; expected a number from 0 to 4", sent.kind));
        0
    });
    span.name = sent.name;
    span.timestamp_us = Some(sent.timestamp).filter(|at| *at > 0);
    span.duration_us = Some(sent.duration).filter(|duration| *duration > 0);
    span.local = endpoint(sent.local_endpoint, &mut span.warnings);
    span.remote = endpoint(sent.remote_endpoint, &mut span.warnings);
    span.annotations = sent.annotations.into_iter().map(|sent| (sent.timestamp, sent.value)).collect();
    span.tags = Attributes(sent.tags.into_iter().map(|tag| (tag.key.into(), Value::from(tag.value))).collect());
    span.debug = sent.debug;
    span.shared = sent.shared;
    Ok(span)
}

fn identify(sent: &messages::Span) -> Result<Sent, Rejected> {
    let hex = |id: &[u8]| id.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>();
    let refuse = |field: &str, error: IdError| {
        Rejected::of(&hex(&sent.id), format!("{field}: {error}")).in_trace(&full(&hex(&sent.trace_id)))
    };
    let trace_id = match sent.trace_id.len() {
        digits @ (8 | 16) => {
            let mut full = [0; 16];
            full[16 - digits..].copy_from_slice(&sent.trace_id);
            TraceId::from_bytes(full)
        }
        _ => TraceId::from_slice(&sent.trace_id),
    };
    let trace_id = trace_id.map_err(|error| refuse("trace_id", error))?;
    let span_id = SpanId::from_slice(&sent.id).map_err(|error| refuse("id", error))?;
    let mut span = Sent::new(trace_id, span_id);
    if sent.parent_id.iter().any(|byte| *byte != 0) {
        let parent = SpanId::from_slice(&sent.parent_id);
        span.parent_id = Some(parent.map_err(|error| refuse("parent_id", error))?);
    }
    Ok(span)
}

fn endpoint(sent: Option<messages::Endpoint>, warnings: &mut Vec<String>) -> Endpoint {
    let Some(sent) = sent else { return Endpoint::default() };
    let mut address = |ip: &Bytes| {
        let four = <[u8; 4]>::try_from(ip.as_ref()).map(|octets| Ipv4Addr::from(octets).to_string());
        let six = || <[u8; 16]>::try_from(ip.as_ref()).map(|octets| Ipv6Addr::from(octets).to_string());
        four.or_else(|_| six()).unwrap_or_else(|_| {
            warn(warnings, "an address of an endpoint has neither 4 nor 16 bytes and was left out");
            String::new()
        })
    };
    let known = [&sent.ipv4, &sent.ipv6].into_iter().find(|ip| !ip.is_empty());
    Endpoint {
        address: known.map(&mut address).unwrap_or_default(),
        port: u16::try_from(sent.port).unwrap_or(0),
        service: sent.service_name,
    }
}
