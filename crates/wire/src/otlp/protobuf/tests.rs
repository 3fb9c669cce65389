//! What the OTLP protobuf decoder takes, refuses and keeps, against the messages of the `opentelemetry-proto` crate.

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span};
use proptest::prelude::*;

use prost::Message;

use super::*;

fn request(spans: Vec<Span>) -> ExportTraceServiceRequest {
    let scope = InstrumentationScope { name: "lib".into(), version: "1".into(), ..InstrumentationScope::default() };
    let scope_spans = ScopeSpans { scope: Some(scope), spans, schema_url: "https://example.org/1".into() };
    let resource = Resource { attributes: vec![pair("service.name", text("shop"))], ..Resource::default() };
    let group = ResourceSpans { resource: Some(resource), scope_spans: vec![scope_spans], schema_url: String::new() };
    ExportTraceServiceRequest { resource_spans: vec![group] }
}

fn text(text: &str) -> AnyValue {
    AnyValue { value: Some(any_value::Value::StringValue(text.into())) }
}

fn pair(key: &str, value: AnyValue) -> KeyValue {
    KeyValue { key: key.into(), value: Some(value), ..KeyValue::default() }
}

fn a_span(number: u8) -> Span {
    Span { trace_id: vec![7; 16], span_id: vec![number; 8], name: "work".into(), ..Span::default() }
}

/// The bytes of a request whose spans are given as bytes.
fn of_bytes(spans: Vec<Vec<u8>>) -> Vec<u8> {
    let spans = spans.into_iter().map(Bytes::from).collect();
    let scope_spans = vec![messages::ScopeSpans { scope: Bytes::new(), spans }];
    let group = messages::ResourceSpans { resource: Bytes::new(), scope_spans };
    messages::Request { resource_spans: vec![group], ..Default::default() }.encode_to_vec()
}

#[test]
fn an_empty_body_is_an_empty_request() {
    assert_eq!(decode(b"").unwrap(), Decoded::default());
}

#[test]
fn a_bad_span_is_refused_with_the_reason_and_its_neighbours_are_kept() {
    let spans = vec![
        a_span(1).encode_to_vec(),
        Span { trace_id: vec![7; 15], ..a_span(2) }.encode_to_vec(),
        Span { span_id: vec![0; 8], ..a_span(3) }.encode_to_vec(),
        Span { parent_span_id: vec![1; 3], ..a_span(4) }.encode_to_vec(),
        vec![0x0a, 0xff, 0x01, 0x02],
        a_span(5).encode_to_vec(),
    ];
    let decoded = decode(&of_bytes(spans)).unwrap();
    let kept: Vec<_> = decoded.spans.iter().map(|span| span.span_id.to_bytes()[0]).collect();
    assert_eq!(kept, [1, 5]);
    let reasons: Vec<_> = decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
    assert_eq!(
        reasons[..3],
        [
            "trace_id: expected 32 hex digits, got 30 characters",
            "span_id: an id of only zeros is invalid",
            "parent_span_id: expected 16 hex digits, got 6 characters",
        ]
    );
    assert!(reasons[3].starts_with("the span is broken"), "{}", reasons[3]);
    assert_eq!(decoded.rejected[0].span_id.as_deref(), Some("0202020202020202"));
}

#[test]
fn texts_that_are_not_utf8_are_mended_wherever_they_are() {
    let sent = Span {
        trace_state: "?1".into(),
        name: "?2".into(),
        attributes: vec![pair("?3", text("?4"))],
        status: Some(Status { message: "?5".into(), code: 2 }),
        ..a_span(1)
    };
    let group = messages::ResourceSpans {
        resource: messages::Resource { attributes: vec![] }.encode_to_vec().into(),
        scope_spans: vec![messages::ScopeSpans {
            scope: messages::Scope { name: "?6".into(), version: "?7".into() }.encode_to_vec().into(),
            spans: vec![sent.encode_to_vec().into()],
        }],
    };
    let mut body = messages::Request { resource_spans: vec![group], ..messages::Request::default() }.encode_to_vec();
    body.iter_mut().filter(|byte| **byte == b'?').for_each(|byte| *byte = 0xff);
    let decoded = decode(&body).unwrap();
    let span = &decoded.spans[0];
    let texts = [&*span.trace_state, &*span.name, &*span.attributes.0[0].0, &*span.status_message];
    assert_eq!(texts, ["\u{fffd}1", "\u{fffd}2", "\u{fffd}3", "\u{fffd}5"]);
    assert_eq!(span.attributes.text("\u{fffd}3"), Some("\u{fffd}4"));
    assert_eq!((&*span.origin.scope_name, &*span.origin.scope_version), ("\u{fffd}6", "\u{fffd}7"));
    assert_eq!((span.warnings.len(), decoded.warnings.len(), decoded.rejected.len()), (1, 1, 0));
}

#[test]
fn a_resource_or_scope_that_cannot_be_read_costs_itself_only() {
    let scope_spans = vec![messages::ScopeSpans {
        scope: Bytes::from_static(&[0x0a, 0xff]),
        spans: vec![a_span(1).encode_to_vec().into()],
    }];
    let group = messages::ResourceSpans { resource: Bytes::from_static(&[0x0a, 0x01, 0xff]), scope_spans };
    let decoded =
        decode(&messages::Request { resource_spans: vec![group], ..Default::default() }.encode_to_vec()).unwrap();
    assert_eq!((decoded.spans.len(), decoded.warnings.len()), (1, 2));
}

#[test]
fn a_parent_of_zeros_is_none_and_high_flag_bits_are_kept() {
    let sent = Span { parent_span_id: vec![0; 8], flags: 0xffff_0301, ..a_span(1) };
    let decoded = decode(&request(vec![sent]).encode_to_vec()).unwrap();
    assert_eq!((decoded.spans[0].parent_span_id, decoded.spans[0].flags), (None, 0xffff_0301));
}

#[test]
fn values_nested_deeper_than_protobuf_allows_cost_their_span_only() {
    let nested = |levels: usize| {
        let inner = (0..levels).fold(text("bottom"), |value, _| AnyValue {
            value: Some(any_value::Value::ArrayValue(ArrayValue { values: vec![value] })),
        });
        Span { attributes: vec![pair("deep", inner)], ..a_span(1) }.encode_to_vec()
    };
    let decoded = decode(&of_bytes(vec![nested(40), nested(90), a_span(2).encode_to_vec()])).unwrap();
    assert_eq!((decoded.spans.len(), decoded.rejected.len()), (2, 1));
    assert!(decoded.rejected[0].reason.contains("recursion"), "{}", decoded.rejected[0].reason);
}

#[test]
fn ninety_levels_of_messages_are_read_in_full() {
    // An array in an array is two messages more.
    let inner = (0..44).fold(text("bottom"), |value, _| AnyValue {
        value: Some(any_value::Value::ArrayValue(ArrayValue { values: vec![value] })),
    });
    let sent = request(vec![Span { attributes: vec![pair("deep", inner)], ..a_span(1) }]);
    let decoded = decode(&sent.encode_to_vec()).unwrap();
    let mut value = decoded.spans[0].attributes.get("deep").unwrap();
    let mut levels = 0;
    while let Value::Array(items) = value {
        (value, levels) = (&items[0], levels + 1);
    }
    assert_eq!((levels, value), (44, &Value::from("bottom")));
}

#[test]
fn indices_into_a_table_of_strings_are_absent_with_a_warning() {
    let by_index = AnyValue { value: Some(any_value::Value::StringValueStrindex(7)) };
    let without_key = KeyValue { key_strindex: 7, value: Some(text("a")), ..KeyValue::default() };
    let sent = Span { attributes: vec![without_key, pair("k", by_index)], ..a_span(1) };
    let span = decode(&request(vec![sent]).encode_to_vec()).unwrap().spans.remove(0);
    assert_eq!((span.attributes.0, span.warnings.len()), (vec![("k".into(), Value::Empty)], 2));
}

#[test]
fn a_zipkin_list_is_told_where_it_belongs_and_so_is_otlp_at_its_door() {
    let zipkin = include_bytes!("../../../fixtures/zipkin_python.pb");
    let error = decode(zipkin).unwrap_err().to_string();
    assert_eq!(error, "the body looks like a Zipkin list of spans in protobuf; post it to /api/v2/spans");
    let error = crate::zipkin::decode_protobuf(&request(vec![a_span(1)]).encode_to_vec()).unwrap_err().to_string();
    assert_eq!(error, "the body looks like OTLP in protobuf; post it to /v1/traces");
}

#[test]
fn logs_and_metrics_are_told_where_they_belong() {
    // LogRecord { time_unix_nano = 1 fixed64, severity_number = 2, body = 5 }, Metric { name = 1, unit = 3, sum = 7 }.
    let log = vec![0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 9, 0x2a, 3, 0x0a, 1, b'x'];
    let metric = vec![0x0a, 4, b'c', b'p', b'u', b's', 0x1a, 1, b's', 0x3a, 2, 0x10, 2];
    let logs = decode(&of_bytes(vec![log])).unwrap_err().to_string();
    assert_eq!(logs, "the body looks like OTLP logs; post them to /v1/logs");
    let metrics = decode(&of_bytes(vec![metric])).unwrap_err().to_string();
    assert_eq!(metrics, "the body looks like OTLP metrics; post them to /v1/metrics");
}

#[test]
fn a_body_cut_off_anywhere_is_an_error_or_the_spans_before_the_cut() {
    let whole = request((1..4).map(a_span).collect()).encode_to_vec();
    assert_eq!(decode(&whole).unwrap().spans.len(), 3);
    for length in 1..whole.len() {
        assert!(decode(&whole[..length]).is_err(), "cut after {length} bytes");
    }
}

#[test]
fn what_is_not_protobuf_is_answered_with_what_it_is() {
    for (body, expected) in [
        (&b"{\"resourceSpans\":[]}"[..], "send it with Content-Type: application/json"),
        (b" [1]", "send it with Content-Type: application/json"),
        (b"\x1f\x8b\x08\0", "send it with Content-Encoding: gzip"),
        (b"\x28\xb5\x2f\xfd", "send it uncompressed or as gzip"),
        (b"<html>", "HTML or XML"),
        (b"\x0a\xff", "the body is not an OTLP ExportTraceServiceRequest in protobuf"),
    ] {
        let error = decode(body).unwrap_err().to_string();
        assert!(error.contains(expected), "{body:?}: {error}");
    }
}

/// Any value without NaN, which is unequal to itself.
fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        Just(None),
        ".{0,8}".prop_map(|text| Some(any_value::Value::StringValue(text))),
        any::<bool>().prop_map(|truth| Some(any_value::Value::BoolValue(truth))),
        any::<i64>().prop_map(|int| Some(any_value::Value::IntValue(int))),
        (-1e300..1e300f64).prop_map(|double| Some(any_value::Value::DoubleValue(double))),
        prop::collection::vec(any::<u8>(), 0..5).prop_map(|bytes| Some(any_value::Value::BytesValue(bytes))),
    ];
    leaf.prop_map(|value| AnyValue { value }).prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|values| any_value::Value::ArrayValue(ArrayValue { values })),
            prop::collection::vec(inner, 0..4).prop_map(|values| {
                let values = values.into_iter().map(|value| pair("k", value)).collect();
                any_value::Value::KvlistValue(KeyValueList { values })
            }),
        ]
        .prop_map(|value| AnyValue { value: Some(value) })
    })
}

fn any_attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    prop::collection::vec((".{0,6}", any_value()).prop_map(|(key, value)| pair(&key, value)), 0..4)
}

fn any_span() -> impl Strategy<Value = Span> {
    let events = prop::collection::vec(
        (any::<u64>(), ".{0,6}", any_attributes()).prop_map(|(time_unix_nano, name, attributes)| span::Event {
            time_unix_nano,
            name,
            attributes,
            dropped_attributes_count: 0,
        }),
        0..3,
    );
    let links = prop::collection::vec(
        (1u8.., any_attributes()).prop_map(|(id, attributes)| span::Link {
            trace_id: vec![id; 16],
            span_id: vec![id; 8],
            attributes,
            ..span::Link::default()
        }),
        0..2,
    );
    let status = prop::option::of((".{0,6}", 0..3i32).prop_map(|(message, code)| Status { message, code }));
    ((1u8.., any::<bool>(), ".{0,12}", 0..6i32), (any::<u64>(), any::<u64>()), any_attributes(), events, links, status)
        .prop_map(|((id, child, name, kind), (start, end), attributes, events, links, status)| Span {
            trace_id: vec![id; 16],
            span_id: vec![id; 8],
            parent_span_id: if child { vec![9; 8] } else { vec![] },
            trace_state: "a=b".into(),
            flags: 0x301,
            name,
            kind,
            start_time_unix_nano: start,
            end_time_unix_nano: end,
            attributes,
            events,
            links,
            status,
            dropped_attributes_count: 3,
            ..Span::default()
        })
}

/// A span sent without a status and one sent with an empty status mean the same.
fn same_bytes_again(decoded: &Decoded) -> ExportTraceServiceRequest {
    let mut again = ExportTraceServiceRequest::decode(encode(&decoded.spans).as_slice()).unwrap();
    for span in again.resource_spans.iter_mut().flat_map(|g| &mut g.scope_spans).flat_map(|s| &mut s.spans) {
        span.status.get_or_insert_default();
    }
    again
}

proptest! {
    #[test]
    fn what_others_encode_is_read_without_loss(spans in prop::collection::vec(any_span(), 1..4)) {
        let mut sent = request(spans);
        let decoded = decode(&sent.encode_to_vec()).unwrap();
        prop_assert_eq!(&decoded.rejected, &[]);
        sent.resource_spans[0].scope_spans[0].schema_url.clear();
        for span in &mut sent.resource_spans[0].scope_spans[0].spans {
            span.status.get_or_insert_default();
        }
        prop_assert_eq!(same_bytes_again(&decoded), sent);
    }

    #[test]
    fn json_of_others_means_the_same_as_their_protobuf(spans in prop::collection::vec(any_span(), 1..4)) {
        let sent = request(spans);
        let json = serde_json::to_vec(&sent).unwrap();
        let from_json = crate::otlp::json::decode(&json).unwrap();
        let from_protobuf = decode(&sent.encode_to_vec()).unwrap();
        prop_assert_eq!(from_json, from_protobuf);
    }

    #[test]
    fn any_bytes_are_spans_or_an_error_and_never_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&body);
    }

    #[test]
    fn a_request_with_any_byte_changed_never_panics(span in any_span(), at in any::<usize>(), byte in any::<u8>()) {
        let mut body = request(vec![span]).encode_to_vec();
        let at = at % body.len();
        body[at] = byte;
        let _ = decode(&body);
    }
}
