//! The structs of `jaeger.thrift` (jaegertracing/jaeger-idl) by their field numbers, which are the contract. Fields of another
//! kind than the contract says are passed over, like fields it does not know.

use model::attribute::{Attributes, Value};
use model::id::IdError;
use model::{SpanId, TraceId};

use super::reader::{Kind, Reader};
use crate::Rejected;
use crate::jaeger::span::{Ids, Log, Reference, ReferenceKind, Sent};
use crate::raw::warn;

/// `Process`: the service and what is known of it, as resource attributes.
pub fn process(bytes: &[u8]) -> thrift::Result<Attributes> {
    let mut reader = Reader::of(bytes)?;
    let (mut attributes, mut tags) = (Attributes::default(), Attributes::default());
    while let Some((field, kind)) = reader.field()? {
        match (field, kind) {
            (1, Kind::String) => attributes.0.push(("service.name".into(), Value::from(reader.text()?))),
            (2, Kind::List) => list_of_tags(&mut reader, &mut tags)?,
            _ => reader.skip(kind)?,
        }
    }
    // The field is the name of the service, whatever a tag says.
    let named = !attributes.is_empty();
    attributes.0.extend(tags.0.into_iter().filter(|(key, _)| !(named && key == "service.name")));
    Ok(attributes)
}

/// `Span`: its ids, and everything else it says.
pub fn span(bytes: &[u8]) -> Result<(Ids, Sent), Rejected> {
    let broken = |error: thrift::Error| Rejected::of("", format!("the span is broken: {}", super::words(error)));
    let ids = ids(bytes).map_err(broken)??;
    let sent = sent(bytes).map_err(broken)?;
    Ok((ids, sent))
}

/// Ids are two's complement numbers on the wire; a trace id is two of them.
fn ids(bytes: &[u8]) -> thrift::Result<Result<Ids, Rejected>> {
    let (mut low, mut high, mut span_id, mut parent_id) = (0, 0, 0, 0);
    let mut reader = Reader::of(bytes)?;
    while let Some((field, kind)) = reader.field()? {
        match (field, kind) {
            (1, Kind::I64) => low = reader.i64()?,
            (2, Kind::I64) => high = reader.i64()?,
            (3, Kind::I64) => span_id = reader.i64()?,
            (4, Kind::I64) => parent_id = reader.i64()?,
            _ => reader.skip(kind)?,
        }
    }
    let hex = if span_id == 0 { String::new() } else { format!("{span_id:016x}") };
    let trace_hex = if (high, low) == (0, 0) { String::new() } else { format!("{high:016x}{low:016x}") };
    let refuse = |field: &str, error: IdError| Rejected::of(&hex, format!("{field}: {error}")).in_trace(&trace_hex);
    Ok(trace_id(low, high).map_err(|error| refuse("trace_id", error)).and_then(|trace_id| {
        let span_id = SpanId::from_i64(span_id).map_err(|error| refuse("span_id", error))?;
        Ok(Ids { trace_id, span_id, parent_id: SpanId::from_i64(parent_id).ok() })
    }))
}

fn trace_id(low: i64, high: i64) -> Result<TraceId, IdError> {
    let bits = (u128::from(high.cast_unsigned()) << 64) | u128::from(low.cast_unsigned());
    TraceId::from_bytes(bits.to_be_bytes())
}

fn sent(bytes: &[u8]) -> thrift::Result<Sent> {
    let mut span = Sent::default();
    let mut reader = Reader::of(bytes)?;
    let reader = &mut reader;
    while let Some((field, kind)) = reader.field()? {
        match (field, kind) {
            (5, Kind::String) => span.name = reader.text()?,
            (6, Kind::List) => reader.list(Kind::Struct, |reader| reference(reader, &mut span))?,
            (7, Kind::I32) => span.flags = reader.i32()?.cast_unsigned(),
            (8, Kind::I64) => span.start_us = reader.i64()?,
            (9, Kind::I64) => span.duration_us = reader.i64()?,
            (10, Kind::List) => list_of_tags(reader, &mut span.tags)?,
            (11, Kind::List) => reader.list(Kind::Struct, |reader| {
                span.logs.push(log(reader)?);
                Ok(())
            })?,
            _ => reader.skip(kind)?,
        }
    }
    if reader.mended {
        warn(&mut span.warnings, "texts were not valid UTF-8; broken characters were replaced with U+FFFD");
    }
    Ok(span)
}

/// `SpanRef`; one without valid ids is left out.
fn reference(reader: &mut Reader<'_>, span: &mut Sent) -> thrift::Result<()> {
    reader.count_value()?;
    let (mut kind_number, mut low, mut high, mut span_id) = (0, 0, 0, 0);
    while let Some((field, kind)) = reader.field()? {
        match (field, kind) {
            (1, Kind::I32) => kind_number = reader.i32()?,
            (2, Kind::I64) => low = reader.i64()?,
            (3, Kind::I64) => high = reader.i64()?,
            (4, Kind::I64) => span_id = reader.i64()?,
            _ => reader.skip(kind)?,
        }
    }
    let kind = if kind_number == 0 { ReferenceKind::ChildOf } else { ReferenceKind::FollowsFrom };
    match (trace_id(low, high), SpanId::from_i64(span_id)) {
        (Ok(trace_id), Ok(span_id)) => span.references.push(Reference { kind, trace_id, span_id }),
        _ => warn(&mut span.warnings, "a reference without valid ids was left out"),
    }
    Ok(())
}

/// `Log`.
fn log(reader: &mut Reader<'_>) -> thrift::Result<Log> {
    reader.count_value()?;
    let mut log = Log { at_us: 0, fields: Attributes::default() };
    while let Some((field, kind)) = reader.field()? {
        match (field, kind) {
            (1, Kind::I64) => log.at_us = reader.i64()?,
            (2, Kind::List) => list_of_tags(reader, &mut log.fields)?,
            _ => reader.skip(kind)?,
        }
    }
    Ok(log)
}

/// A list of `Tag`; those without a key say nothing.
fn list_of_tags(reader: &mut Reader<'_>, into: &mut Attributes) -> thrift::Result<()> {
    reader.list(Kind::Struct, |reader| {
        let (key, value) = tag(reader)?;
        if !key.is_empty() {
            into.0.push((key.into(), value));
        }
        Ok(())
    })
}

/// Types of tags in the order of their numbers: text, double, truth value, integer, bytes.
const TYPES: usize = 5;

/// `Tag`: of the five values the one its type names, and nothing when that one was not sent.
fn tag(reader: &mut Reader<'_>) -> thrift::Result<(String, Value)> {
    reader.count_value()?;
    let (mut key, mut kind_number) = (String::new(), 0);
    let mut values = [const { Value::Empty }; TYPES];
    while let Some((field, kind)) = reader.field()? {
        match (field, kind) {
            (1, Kind::String) => key = reader.text()?,
            (2, Kind::I32) => kind_number = reader.i32()?,
            (3, Kind::String) => values[0] = Value::from(reader.text()?),
            (4, Kind::Double) => values[1] = Value::Double(reader.double()?),
            (5, Kind::Bool) => values[2] = Value::Bool(reader.bool()?),
            (6, Kind::I64) => values[3] = Value::Int(reader.i64()?),
            (7, Kind::String) => values[4] = Value::Bytes(reader.bytes()?),
            _ => reader.skip(kind)?,
        }
    }
    let named = usize::try_from(kind_number).unwrap_or(TYPES);
    Ok((key, values.into_iter().nth(named).unwrap_or(Value::Empty)))
}
