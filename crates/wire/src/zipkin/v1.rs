//! Version 1 in JSON: what version 2 has members for is told by the values of annotations, each with an endpoint of its own.
//!
//! One such span may hold both halves of a call (`cs`, `cr` from the caller, `sr`, `ss` from the server), so it becomes as many
//! spans as sides speak in it. The members `timestamp` and `duration` belong to the side that began; the others are measured
//! by their own annotations.

use model::attribute::Value;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::endpoint::Endpoint;
use super::json::{identify, list, micros};
use super::span::{Sent, tag};
use crate::collect::Collector;
use crate::json::{self, Members, Object, get, objects};
use crate::origins::Origins;
use crate::shared;
use crate::weight;
use crate::{DecodeError, Format, Rejected};

const EXPECTED: &str = "a list of Zipkin v1 spans in JSON";

/// The sides a span may be told from, in the order in which they act: OTLP kind, first and last annotation of the side, key
/// of the binary annotation that names the other side's address.
const SIDES: [Side; 4] = [
    Side { kind: 3, from: "cs", to: "cr", address: "sa" },
    Side { kind: 2, from: "sr", to: "ss", address: "ca" },
    Side { kind: 4, from: "ms", to: "ws", address: "ma" },
    Side { kind: 5, from: "mr", to: "wr", address: "ma" },
];

struct Side {
    kind: i32,
    from: &'static str,
    to: &'static str,
    address: &'static str,
}

/// A list of spans.
pub const FORMAT: Format = Format { expected: EXPECTED, read: read_all };

fn read_all(body: &[u8], collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    let text = json::prepare(body, EXPECTED, &mut collector.decoded.warnings)?;
    let entries = list(&text, EXPECTED)?;
    if entries.first().is_some_and(|entry| is_v2(entry)) {
        return Err(DecodeError::WrongDoor { looks_like: "Zipkin v2 JSON", advice: "post it to /api/v2/spans" });
    }
    let mut origins = Origins::new();
    let list = entries.iter().map(|entry| (weight::Sent::json(entry.get()), *entry));
    shared::read_list(collector, list, |entry| {
        let halves = read(entry)?.into_iter();
        Ok(halves.map(|half| half.into_raw(&mut origins)).collect::<Vec<_>>())
    })
}

/// Members that only version 2 has.
const ONLY_V2: [&str; 5] = ["kind", "localEndpoint", "remoteEndpoint", "tags", "shared"];

fn is_v2(sent: &RawValue) -> bool {
    Object::parse(sent.get()).is_ok_and(|span| span.get(&ONLY_V2).is_some())
}

/// Whether this is a span of version 1 and can be no other.
pub fn is_v1(sent: &RawValue) -> bool {
    let Ok(span) = Object::parse(sent.get()) else { return false };
    let has_endpoint =
        |entry: &&RawValue| Object::parse(entry.get()).is_ok_and(|entry| entry.get(&["endpoint"]).is_some());
    let annotations = span.get(&["annotations"]).and_then(|list| json::list(list.get()).ok());
    let told = annotations.is_some_and(|list| list.iter().any(has_endpoint));
    span.get(&ONLY_V2).is_none() && (told || span.get(&["binaryAnnotations"]).is_some())
}

/// A moment or a fact, and who told it.
struct Annotation {
    at_us: u64,
    /// Value of an annotation, key of a binary one.
    text: String,
    endpoint: Endpoint,
}

/// The spans in a span, at least one.
fn read(sent: &RawValue) -> Result<Vec<Sent>, Rejected> {
    let members = json::span_object(sent)?;
    let base = identify(&members)?;
    let mut annotations: Vec<_> = objects(&members, "annotations").map(annotation).collect();
    let mut halves: Vec<Sent> = Vec::new();
    for side in &SIDES {
        let first = |text: &str| annotations.iter().find(|annotation| annotation.text == text);
        let (from, to) = (first(side.from), first(side.to));
        let Some(teller) = from.or(to) else { continue };
        let mut half = Sent { kind: side.kind, local: teller.endpoint.clone(), ..base.clone() };
        let length = from.zip(to).and_then(|(from, to)| to.at_us.checked_sub(from.at_us));
        let start = from.map(|from| from.at_us);
        // The side that made the id also says when the span began; who does not say so answers somebody else's call.
        half.shared = !halves.is_empty() || (side.kind == 2 && base.timestamp_us.is_none());
        half.timestamp_us = base.timestamp_us.filter(|_| halves.is_empty()).or(start);
        half.duration_us = base.duration_us.filter(|_| halves.is_empty()).or(length);
        halves.push(half);
    }
    annotations.retain(|annotation| !SIDES.iter().any(|side| [side.from, side.to].contains(&annotation.text.as_str())));
    if halves.is_empty() {
        halves.push(base);
    }
    for annotation in annotations {
        half_of(&mut halves, &annotation.endpoint).annotations.push((annotation.at_us, annotation.text));
    }
    for fact in objects(&members, "binaryAnnotations") {
        binary(&mut halves, fact);
    }
    Ok(halves)
}

fn annotation(members: &Members) -> Annotation {
    Annotation {
        at_us: get(members, &["timestamp"]).and_then(micros).unwrap_or(0),
        text: get(members, &["value"]).and_then(json::text).unwrap_or_default(),
        endpoint: Endpoint::read(get(members, &["endpoint"])),
    }
}

/// A tag, or the address of the other side: then its endpoint is not who told it.
fn binary(halves: &mut [Sent], fact: &Members) {
    let key = get(fact, &["key"]).and_then(json::text).unwrap_or_default();
    let value = get(fact, &["value"]);
    let endpoint = Endpoint::read(get(fact, &["endpoint"]));
    if SIDES.iter().any(|side| side.address == key) && matches!(value, None | Some(Json::Bool(true))) {
        let calls = |half: &Sent| SIDES.iter().any(|side| side.kind == half.kind && side.address == key);
        let at = halves.iter().position(calls).unwrap_or(0);
        if let Some(half) = halves.get_mut(at) {
            half.remote = endpoint;
        }
        return;
    }
    let half = half_of(halves, &endpoint);
    let value = value.map_or_else(|| Value::from(""), tag);
    // "Local component": without a name it only brings the endpoint.
    if key != "lc" || value != Value::from("") {
        half.tags.0.push((key.into(), value));
    }
}

/// The half that this endpoint tells about: that of its service, else the first. A half nobody spoke for becomes its own.
fn half_of<'a>(halves: &'a mut [Sent], endpoint: &Endpoint) -> &'a mut Sent {
    let at = halves.iter().position(|half| half.local.service == endpoint.service).unwrap_or(0);
    let half = &mut halves[at];
    if half.local == Endpoint::default() {
        half.local = endpoint.clone();
    }
    half
}
