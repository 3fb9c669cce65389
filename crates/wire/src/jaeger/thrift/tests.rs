//! What the Thrift decoder takes, refuses and keeps. The fixture is what OpenTelemetry's Python SDK sends for two spans.

use model::SpanId;
use model::attribute::Value;
use proptest::prelude::*;

use super::*;
use crate::RawSpan;

const PYTHON: &[u8] = include_bytes!("../../../fixtures/jaeger_python.thrift");

/// A struct out of its fields.
fn a_struct(fields: &[Vec<u8>]) -> Vec<u8> {
    [fields.concat(), vec![0]].concat()
}

fn field(kind: u8, number: u8, value: &[u8]) -> Vec<u8> {
    [&[kind, 0, number], value].concat()
}

fn text(number: u8, text: &str) -> Vec<u8> {
    bytes(number, text.as_bytes())
}

fn bytes(number: u8, bytes: &[u8]) -> Vec<u8> {
    field(11, number, &[&(bytes.len() as u32).to_be_bytes()[..], bytes].concat())
}

fn i32(number: u8, value: i32) -> Vec<u8> {
    field(8, number, &value.to_be_bytes())
}

fn i64(number: u8, value: i64) -> Vec<u8> {
    field(10, number, &value.to_be_bytes())
}

fn list(number: u8, entries: &[Vec<u8>]) -> Vec<u8> {
    field(15, number, &[&[12][..], &(entries.len() as u32).to_be_bytes(), &entries.concat()].concat())
}

/// A span with these fields besides its ids.
fn a_span(id: i64, fields: &[Vec<u8>]) -> Vec<u8> {
    a_struct(&[&[i64(1, 7), i64(2, 9), i64(3, id)], fields].concat())
}

fn batch(spans: &[Vec<u8>]) -> Vec<u8> {
    let process = [&[12, 0, 1][..], &a_struct(&[text(1, "shop")])].concat();
    a_struct(&[process, list(2, spans)])
}

fn decoded(spans: &[Vec<u8>]) -> Decoded {
    decode(&batch(spans)).unwrap()
}

fn one(fields: &[Vec<u8>]) -> RawSpan {
    let mut decoded = decoded(&[a_span(3, fields)]);
    assert_eq!(decoded.rejected, []);
    decoded.spans.remove(0)
}

/// Tag `key` of the type with this number.
fn tag(key: &str, kind: i32, value: Vec<u8>) -> Vec<u8> {
    a_struct(&[text(1, key), i32(2, kind), value])
}

fn reference(kind: i32, low: i64, span: i64) -> Vec<u8> {
    a_struct(&[i32(1, kind), i64(2, low), i64(3, 9), i64(4, span)])
}

fn id(number: i64) -> SpanId {
    SpanId::from_i64(number).unwrap()
}

#[test]
fn what_the_python_sdk_sends_is_read_back() {
    insta::assert_debug_snapshot!(decode(PYTHON).unwrap());
}

#[test]
fn ids_are_two_s_complement_and_trace_ids_are_of_two_halves() {
    let decoded = decoded(&[a_struct(&[i64(1, -1), i64(3, -2), i64(4, -3)])]);
    let span = &decoded.spans[0];
    assert_eq!(span.trace_id.to_string(), "0000000000000000ffffffffffffffff");
    assert_eq!(span.span_id.to_string(), "fffffffffffffffe");
    assert_eq!(span.parent_span_id.unwrap().to_string(), "fffffffffffffffd");
}

#[test]
fn every_type_of_tag_is_read() {
    let span = one(&[list(
        10,
        &[
            tag("text", 0, text(3, "a")),
            tag("double", 1, field(4, 4, &1.5f64.to_be_bytes())),
            tag("truth", 2, field(2, 5, &[1])),
            tag("int", 3, i64(6, -7)),
            tag("bytes", 4, bytes(7, &[0, 255])),
            tag("typeless", 9, text(3, "a")),
            tag("other value", 3, text(3, "a")),
            tag("", 0, text(3, "no key")),
            a_struct(&[text(1, "untyped"), text(3, "a")]),
        ],
    )]);
    let expected = [
        ("text", Value::from("a")),
        ("double", Value::Double(1.5)),
        ("truth", Value::Bool(true)),
        ("int", Value::Int(-7)),
        ("bytes", Value::Bytes(vec![0, 255])),
        ("typeless", Value::Empty),
        ("other value", Value::Empty),
        ("untyped", Value::from("a")),
    ];
    assert_eq!(span.attributes.0, expected.map(|(key, value)| (key.into(), value)));
}

#[test]
fn the_parent_is_named_or_the_first_reference_and_the_other_references_are_links() {
    let references =
        [reference(1, 7, 20), reference(0, 8, 21), reference(0, 7, 22), reference(0, 7, 23), reference(0, 0, 0)];
    let links = |span: &RawSpan| span.links.iter().map(|link| link.span_id).collect::<Vec<_>>();
    let by_reference = one(&[list(6, &references)]);
    assert_eq!(by_reference.parent_span_id, Some(id(22)));
    assert_eq!(links(&by_reference), [id(20), id(21), id(23)]);
    assert_eq!(by_reference.links[0].attributes.text("opentracing.ref_type"), Some("follows_from"));
    assert_eq!(by_reference.warnings.iter().filter(|warning| warning.contains("reference")).count(), 1);
    let named = one(&[i64(4, 23), list(6, &references)]);
    assert_eq!((named.parent_span_id, links(&named)), (Some(id(23)), vec![id(20), id(21), id(22)]));
    let following = one(&[list(6, &references[..2])]);
    assert_eq!((following.parent_span_id, following.links.len()), (Some(id(20)), 2));
}

#[test]
fn times_are_microseconds_and_logs_are_events() {
    let logs = [
        a_struct(&[i64(1, 5), list(2, &[tag("event", 0, text(3, "retry")), tag("n", 3, i64(6, 1))])]),
        a_struct(&[i64(1, 6), list(2, &[tag("message", 0, text(3, "hello"))])]),
        a_struct(&[]),
    ];
    let span = one(&[i64(8, 1_705_312_800_001_000), i64(9, 49_000), list(11, &logs), i32(7, 3)]);
    assert_eq!((span.start_ns, span.end_ns - span.start_ns), (1_705_312_800_001_000_000, 49_000_000));
    let events: Vec<_> = span.events.iter().map(|event| (event.time_ns, event.name.as_str())).collect();
    assert_eq!(events, [(5000, "retry"), (6000, "hello"), (0, "log")]);
    assert_eq!(span.events[0].attributes.0, [("n".into(), Value::Int(1))]);
    assert_eq!(span.flags, 1);
    let odd = one(&[i64(8, -1), i64(9, i64::MIN)]);
    assert_eq!((odd.start_ns, odd.end_ns, odd.warnings.len()), (0, 0, 2));
}

#[test]
fn a_bad_span_is_refused_with_the_reason_and_its_neighbours_are_kept() {
    let decoded = decoded(&[
        a_struct(&[i64(3, 1)]),
        a_struct(&[i64(1, 1)]),
        a_struct(&[text(1, "an id"), i64(3, 2)]),
        a_span(3, &[bytes(5, &[b'a', 0xff])]),
    ]);
    assert_eq!((decoded.spans.len(), decoded.spans[0].name.as_str()), (1, "a\u{fffd}"));
    let reasons: Vec<_> = decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "trace_id: an id of only zeros is invalid",
            "span_id: an id of only zeros is invalid",
            "trace_id: an id of only zeros is invalid",
        ]
    );
    assert_eq!(decoded.rejected[0].span_id.as_deref(), Some("0000000000000001"));
}

#[test]
fn fields_of_the_future_are_passed_over_and_the_process_may_come_last() {
    let map = [&[11, 8, 0, 0, 0, 1, 0, 0, 0, 1, b'k'][..], &7i32.to_be_bytes()].concat();
    let process =
        [&[12, 0, 1][..], &a_struct(&[text(1, "shop"), list(2, &[tag("service.name", 0, text(3, "x"))])])].concat();
    let body = a_struct(&[list(2, &[a_span(3, &[field(13, 99, &map), i64(5, 1)])]), i64(3, 4), process]);
    let decoded = decode(&[body, vec![1, 2]].concat()).unwrap();
    assert_eq!(decoded.spans[0].origin.resource.0, [("service.name".into(), "shop".into())]);
    assert_eq!(decoded.warnings, ["2 bytes after the batch were left out"]);
}

#[test]
fn what_is_not_a_batch_is_answered_with_what_it_is() {
    let endless = a_struct(&[field(15, 2, &[12, 0x7f, 0xff, 0xff, 0xff])]);
    let long = a_struct(&[field(11, 5, &[0x7f, 0xff, 0xff, 0xff])]);
    let deep = (0..200).fold(vec![0], |inner, _| [&[12, 0, 1][..], &inner, &[0]].concat());
    for (body, expected) in [
        (&b""[..], "the body is empty; expected a Jaeger Batch"),
        (&[0], "it has no list of spans"),
        (&[0x80, 1, 0, 1, 0, 0, 0, 9], "a Thrift message"),
        (&[0x82, 0x21], "the Thrift compact protocol"),
        (b"{}", "JSON"),
        (b"\x1f\x8b\x08", "Content-Encoding: gzip"),
        (&endless, "the body is not a Jaeger Batch"),
        (&long, "exceeds maximum"),
        (&deep, "the body is not a Jaeger Batch"),
    ] {
        let error = decode(body).unwrap_err().to_string();
        assert!(error.contains(expected), "{body:?}: {error}");
    }
}

#[test]
fn a_batch_cut_off_anywhere_is_an_error() {
    for length in 0..PYTHON.len() {
        assert!(decode(&PYTHON[..length]).is_err(), "cut after {length} bytes");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_spans_or_an_error_and_never_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&body);
    }

    #[test]
    fn a_batch_with_any_byte_changed_never_panics(at in 0..PYTHON.len(), byte in any::<u8>()) {
        let mut body = PYTHON.to_vec();
        body[at] = byte;
        let _ = decode(&body);
    }
}
