//! Slices together are the whole, in every format.

use model::{SpanId, TraceId};

use super::*;
use crate::collect::SLICE_SPANS_MAX;
use crate::{RawSpan, jaeger, native, otlp, zipkin};

/// Spans of a body: two slices and a bit.
const SPANS: usize = 2 * SLICE_SPANS_MAX + 7;

fn id(number: usize) -> String {
    format!("{:016x}", number + 1)
}

const TRACE: &str = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";

/// A list of JSON, of which every thousandth entry is broken.
fn list(entry: impl Fn(String, usize) -> String) -> String {
    let entries: Vec<_> = (0..SPANS)
        .map(|number| if number % 1_000 == 999 { "7".to_owned() } else { entry(id(number), number) })
        .collect();
    entries.join(",")
}

fn native_span(span_id: &str) -> String {
    format!(r#"{{"trace_id":"{TRACE}","span_id":"{span_id}","start_time":1,"end_time":2}}"#)
}

/// A call whose halves share their id and are slices apart, among spans of no kind.
fn zipkin_span(span_id: &str, number: usize) -> String {
    let (span_id, kind) = match number {
        0 => (id(0), r#","kind":"CLIENT""#),
        number if number == SPANS - 1 => (id(0), r#","kind":"SERVER""#),
        _ => (span_id.to_owned(), ""),
    };
    format!(r#"{{"traceId":"{TRACE}","id":"{span_id}"{kind},"timestamp":1,"duration":1}}"#)
}

fn otlp_protobuf() -> Vec<u8> {
    let trace_id: TraceId = TRACE.parse().unwrap();
    let spans: Vec<_> =
        (0..SPANS).map(|number| RawSpan::new(trace_id, id(number).parse::<SpanId>().unwrap())).collect();
    otlp::protobuf::encode(&spans)
}

fn bodies() -> Vec<(&'static str, Format, Vec<u8>)> {
    let otlp_span = |span_id: String, _| format!(r#"{{"traceId":"{TRACE}","spanId":"{span_id}"}}"#);
    let otlp_json = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}}"#, list(otlp_span));
    let native_list = list(|span_id, _| native_span(&span_id));
    let lines = native_list.replace("},{", "}\n{").replace(",7,", "\n7\n");
    let zipkin_list = format!("[{}]", list(|span_id, number| zipkin_span(&span_id, number)));
    let jaeger_span = |span_id: String, _| format!(r#"{{"traceID":"{TRACE}","spanID":"{span_id}"}}"#);
    let jaeger = format!(r#"{{"data":[{{"spans":[{}]}}]}}"#, list(jaeger_span));
    vec![
        ("OTLP protobuf", otlp::protobuf::FORMAT, otlp_protobuf()),
        ("OTLP JSON", otlp::json::FORMAT, otlp_json.clone().into()),
        ("OTLP JSON lines", otlp::json::LINES_FORMAT, format!("{otlp_json}\n{{\n{otlp_json}").into()),
        ("native JSON", native::FORMAT, format!(r#"{{"spans":[{native_list}]}}"#).into()),
        ("native JSON lines", native::LINES_FORMAT, lines.into()),
        ("Zipkin JSON", zipkin::JSON, zipkin_list.into()),
        ("Jaeger JSON", jaeger::json::FORMAT, jaeger.into()),
    ]
}

#[test]
fn slices_together_are_the_whole_and_none_is_large() {
    for (name, format, body) in bodies() {
        let whole = format.decode(&body).unwrap();
        let (mut together, mut slices) = (Decoded::default(), 0);
        let mut add = |slice: Decoded| {
            assert!(slice.spans.len() + slice.rejected.len() <= SLICE_SPANS_MAX, "{name}");
            slices += 1;
            together.spans.extend(slice.spans);
            together.rejected.extend(slice.rejected);
            together.declared.extend(slice.declared);
            together.warnings.extend(slice.warnings);
            together.values += slice.values;
        };
        format.decode_slices(&body, &mut add).unwrap();
        assert!(slices >= 3, "{name}");
        assert!(whole.spans.len() + whole.rejected.len() >= SPANS, "{name}");
        // A resource without an owner of its own is counted again with each slice.
        assert!(together.values >= whole.values, "{name}");
        assert_eq!(Decoded { values: whole.values, ..together }, whole, "{name}");
    }
}

#[test]
fn halves_that_share_their_id_are_found_however_far_apart_they_are() {
    let body = format!("[{}]", list(|span_id, number| zipkin_span(&span_id, number)));
    let mut spans = Vec::new();
    zipkin::JSON.decode_slices(body.as_bytes(), &mut |slice| spans.extend(slice.spans)).unwrap();
    let (first, last) = (spans.first().unwrap(), spans.last().unwrap());
    assert_eq!((last.parent_span_id, last.span_id), (Some(first.span_id), first.span_id.shared_twin()));
}

#[test]
fn of_a_body_that_is_broken_further_on_nothing_is_handed_over() {
    for (name, format, mut body) in bodies().into_iter().filter(|(name, ..)| !name.ends_with("lines")) {
        body.truncate(body.len() - 5);
        let mut slices = 0;
        assert!(format.decode_slices(&body, &mut |_| slices += 1).is_err(), "{name}");
        assert_eq!(slices, 0, "{name}");
    }
}
