//! What the OTLP/JSON decoder takes, refuses and keeps.

use model::attribute::Value;
use proptest::prelude::*;

use super::*;
use crate::RawSpan;

/// A request with one span that has `members` besides its ids.
fn request(members: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},
            "scopeSpans":[{{"scope":{{"name":"lib","version":"1"}},"spans":[
            {{"traceId":"7D3F4E8A9B2C1D5E6F7A8B9C0D1E2F3A","spanId":"1a2b3c4d5e6f7890"{members}}}]}}]}}]}}"#
    )
}

fn one(members: &str) -> RawSpan {
    let mut decoded = decode(request(members).as_bytes()).unwrap();
    assert_eq!(decoded.rejected, [], "{members}");
    decoded.spans.remove(0)
}

/// The value of an attribute sent as `sent`, and the warnings it caused.
fn value(sent: &str) -> (Value, usize) {
    let mut span = one(&format!(r#","attributes":[{{"key":"k","value":{sent}}}]"#));
    (span.attributes.0.remove(0).1, span.warnings.len())
}

#[test]
fn resource_scope_and_ids_of_either_case_are_read() {
    let span = one("");
    assert_eq!(span.trace_id.to_string(), "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a");
    assert_eq!(span.origin.resource.text("service.name"), Some("shop"));
    assert_eq!((span.origin.scope_name.as_str(), span.origin.scope_version.as_str()), ("lib", "1"));
}

#[test]
fn enums_are_read_by_number_text_and_name() {
    for kind in ["2", "\"2\"", "\"SPAN_KIND_SERVER\"", "\"server\""] {
        assert_eq!(one(&format!(r#","kind":{kind}"#)).kind, 2, "{kind}");
    }
    let failed = one(r#","status":{"code":"STATUS_CODE_ERROR","message":"no"}"#);
    assert_eq!((failed.status_code, failed.status_message.as_str()), (2, "no"));
    assert_eq!(one(r#","status":{"code":2}"#).status_code, 2);
    let odd = one(r#","kind":"SPAN_KIND_SIDEWAYS""#);
    assert_eq!((odd.kind, odd.warnings.len()), (0, 1));
}

#[test]
fn null_is_absent_and_a_zero_parent_is_none() {
    let span = one(
        r#","parentSpanId":null,"name":null,"attributes":null,"events":null,"links":null,"status":null,"kind":null,
           "startTimeUnixNano":null"#,
    );
    assert_eq!(span, RawSpan { origin: Arc::clone(&span.origin), ..RawSpan::new(span.trace_id, span.span_id) });
    assert_eq!(one(r#","parentSpanId":"""#).parent_span_id, None);
    assert_eq!(one(r#","parentSpanId":"0000000000000000""#).parent_span_id, None);
}

#[test]
fn times_are_read_as_numbers_and_as_strings_to_the_nanosecond() {
    let span = one(r#","startTimeUnixNano":"1700000000123456789","endTimeUnixNano":1700000000123456790"#);
    assert_eq!((span.start_ns, span.end_ns), (1_700_000_000_123_456_789, 1_700_000_000_123_456_790));
    assert_eq!(one(r#","endTimeUnixNano":"18446744073709551615""#).end_ns, u64::MAX);
    let odd = one(r#","startTimeUnixNano":"soon""#);
    assert_eq!((odd.start_ns, odd.warnings.len()), (0, 1));
}

#[test]
fn every_shape_of_value_is_read() {
    for (sent, expected) in [
        (r#"{"stringValue":"x"}"#, Value::String("x".into())),
        (r#"{"string_value":"x"}"#, Value::String("x".into())),
        (r#"{"boolValue":true}"#, Value::Bool(true)),
        (r#"{"boolValue":"true"}"#, Value::Bool(true)),
        (r#"{"intValue":7}"#, Value::Int(7)),
        (r#"{"intValue":"-9223372036854775808"}"#, Value::Int(i64::MIN)),
        (r#"{"intValue":1e3}"#, Value::Int(1000)),
        (r#"{"doubleValue":1.5}"#, Value::Double(1.5)),
        (r#"{"doubleValue":"1.5"}"#, Value::Double(1.5)),
        (r#"{"doubleValue":3}"#, Value::Double(3.0)),
        (r#"{"doubleValue":"Infinity"}"#, Value::Double(f64::INFINITY)),
        (r#"{"doubleValue":"-Infinity"}"#, Value::Double(f64::NEG_INFINITY)),
        (r#"{"doubleValue":null}"#, Value::Empty),
        (r#"{"bytesValue":"AP8="}"#, Value::Bytes(vec![0, 255])),
        (r#"{"bytesValue":"AP8"}"#, Value::Bytes(vec![0, 255])),
        (r#"{"bytesValue":"_-8"}"#, Value::Bytes(vec![255, 239])),
        (r#"{"arrayValue":{}}"#, Value::Array(vec![])),
        (r#"{"arrayValue":{"values":null}}"#, Value::Array(vec![])),
        (r#"{"arrayValue":{"values":[{"intValue":1},{}]}}"#, Value::Array(vec![Value::Int(1), Value::Empty])),
        (r#"{"kvlistValue":{}}"#, Value::Map(Attributes::default())),
        (
            r#"{"kvlistValue":{"values":[{"key":"a","value":{"intValue":1}}]}}"#,
            Value::Map(Attributes(vec![("a".into(), Value::Int(1))])),
        ),
        ("{}", Value::Empty),
        ("null", Value::Empty),
        (r#"{"futureValue":1}"#, Value::Empty),
        (r#""bare""#, Value::String("bare".into())),
    ] {
        assert_eq!(value(sent), (expected, 0), "{sent}");
    }
    assert!(matches!(value(r#"{"doubleValue":"NaN"}"#).0, Value::Double(double) if double.is_nan()));
}

#[test]
fn a_value_that_is_not_what_it_claims_is_kept_as_text_with_a_warning() {
    for (sent, kept) in [
        (r#"{"intValue":"seven"}"#, "seven"),
        (r#"{"intValue":1.5}"#, "1.5"),
        (r#"{"doubleValue":"inf"}"#, "inf"),
        (r#"{"boolValue":"maybe"}"#, "maybe"),
        (r#"{"bytesValue":"***"}"#, "***"),
    ] {
        assert_eq!(value(sent), (Value::String(kept.into()), 1), "{sent}");
    }
}

#[test]
fn indices_into_a_table_of_strings_are_absent_with_a_warning() {
    assert_eq!(value(r#"{"stringValueStrindex":7}"#), (Value::Empty, 1));
    let span =
        one(r#","attributes":[{"keyStrindex":3,"value":{"intValue":1}},{"key":"","keyStrindex":3},{"key":"k"}]"#);
    assert_eq!((span.attributes.0.len(), span.warnings.len()), (1, 1));
}

#[test]
fn deep_values_are_kept_as_text_from_where_the_database_could_not_follow() {
    for (open, close) in
        [(r#"{"arrayValue":{"values":["#, "]}}"), (r#"{"kvlistValue":{"values":[{"key":"k","value":"#, "}]}}")]
    {
        // Each level is two or three of serde_json's 128, so these are as deep as a span can be.
        let levels = if open.contains("kvlist") { 30 } else { 40 };
        let sent = format!("{}{{\"intValue\":1}}{}", open.repeat(levels), close.repeat(levels));
        let span = one(&format!(r#","attributes":[{{"key":"k","value":{sent}}}]"#));
        assert_eq!(span.warnings.len(), usize::from(levels > 31), "{open}");
        let again = crate::otlp::protobuf::decode(&crate::otlp::protobuf::encode(std::slice::from_ref(&span))).unwrap();
        assert_eq!(again.rejected, []);
        assert_eq!(again.spans[0].attributes, span.attributes);
    }
}

#[test]
fn snake_case_names_are_read() {
    let body = r#"{"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a",
        "span_id":"1a2b3c4d5e6f7890","parent_span_id":"2a2b3c4d5e6f7890","start_time_unix_nano":"5","trace_state":"a=b",
        "dropped_attributes_count":3}]}]}]}"#;
    let span = decode(body.as_bytes()).unwrap().spans.remove(0);
    assert_eq!((span.start_ns, span.trace_state.as_str(), span.dropped[0]), (5, "a=b", 3));
    assert_eq!(span.parent_span_id.map(|id| id.to_string()).as_deref(), Some("2a2b3c4d5e6f7890"));
}

#[test]
fn of_duplicate_members_the_last_wins_and_unknown_ones_are_ignored() {
    assert_eq!(one(r#","name":"first","colour":{"deep":[1,{}]},"name":"last""#).name, "last");
    let twice = r#"{"resourceSpans":7,"resourceSpans":[]}"#;
    assert_eq!(decode(twice.as_bytes()).unwrap().spans, []);
}

#[test]
fn events_and_links_are_read_and_a_link_without_ids_is_left_out() {
    let span = one(r#","events":[{"timeUnixNano":"9","name":"exception","attributes":[{"key":"a"}]},{},7],
        "links":[{"traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanId":"2a2b3c4d5e6f7890"},{"traceId":"zz"}]"#);
    assert_eq!((span.events.len(), span.events[0].time_ns, span.events[0].name.as_str()), (2, 9, "exception"));
    assert_eq!((span.links.len(), span.warnings.len()), (1, 1));
}

#[test]
fn a_bad_span_is_refused_with_the_reason_and_its_neighbours_are_kept() {
    let good = r#"{"traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanId":"1a2b3c4d5e6f7890"}"#;
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let spans = [
        r#"{"traceId":"fT9OiposHV5veoucDR4vOg==","spanId":"1a2b3c4d5e6f7890"}"#,
        r#"{"traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanId":"Gis8TV5veJA="}"#,
        r#"{"traceId":"00000000000000000000000000000000","spanId":"1a2b3c4d5e6f7890"}"#,
        r#"{"traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a"}"#,
        r#"{"traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanId":"1a2b3c4d5e6f7890","parentSpanId":"xyz"}"#,
        "[]",
        &deep,
        good,
    ];
    let body = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}}"#, spans.join(","));
    let decoded = decode(body.as_bytes()).unwrap();
    assert_eq!(decoded.spans.len(), 1);
    let reasons: Vec<_> = decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
    assert_eq!(
        reasons[..6],
        [
            "traceId: looks like base64; OTLP/JSON ids are 32 hex digits",
            "spanId: looks like base64; OTLP/JSON ids are 16 hex digits",
            "traceId: an id of only zeros is invalid",
            "spanId: expected 16 hex digits, got 0 characters",
            "parentSpanId: expected 16 hex digits, got 3 characters",
            "expected a span object",
        ]
    );
    assert!(reasons[6].starts_with("the span is broken: recursion limit exceeded"), "{}", reasons[6]);
    assert_eq!(decoded.rejected[0].span_id.as_deref(), Some("1a2b3c4d5e6f7890"));
}

#[test]
fn a_resource_that_is_not_one_costs_its_attributes_only() {
    let body = request("").replace(r#"{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]}"#, "[7]");
    let decoded = decode(body.as_bytes()).unwrap();
    assert_eq!((decoded.spans.len(), decoded.warnings.len()), (1, 1));
}

#[test]
fn what_is_not_otlp_json_is_answered_with_what_it_is() {
    let deep = "[".repeat(5000);
    for (body, expected) in [
        ("", "the body is empty"),
        ("[]", "expected an object"),
        ("nonsense", "the body is not an OTLP ExportTraceServiceRequest in JSON"),
        (r#"{"resourceSpans":{}}"#, "expected a list"),
        (r#"{"resourceSpans":[7]}"#, "expected an object"),
        (r#"{"resourceLogs":[]}"#, "post them to /v1/logs"),
        (r#"{"resourceMetrics":[]}"#, "post them to /v1/metrics"),
        (r#"{"trace_id":"1","spans":[]}"#, "post it to /api/v1/traces"),
        ("\n\u{12}\u{1}a", "Content-Type: application/x-protobuf"),
        ("\u{1f}\u{8b}", "the body is not"),
        (&deep, "nested over 1000 levels deep"),
    ] {
        let error = decode(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{body}: {error}");
    }
    assert!(decode(b"\x1f\x8b\x08").unwrap_err().to_string().contains("Content-Encoding: gzip"));
    assert_eq!(decode(b" {} ").unwrap(), Decoded::default());
    assert_eq!(decode(br#"{"foo":1}"#).unwrap().warnings.len(), 1);
}

#[test]
fn a_broken_character_costs_itself_only() {
    let body = request(r#","name":"a\ud83db""#);
    assert_eq!(decode(body.as_bytes()).unwrap().spans[0].name, "a\u{FFFD}b");
    let mut bytes = request(r#","name":"a?b""#).into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'?').unwrap();
    bytes[at] = 0xff;
    let decoded = decode(&bytes).unwrap();
    assert_eq!((decoded.spans[0].name.as_str(), decoded.warnings.len()), ("a\u{FFFD}b", 1));
}

proptest! {
    #[test]
    fn any_bytes_are_spans_or_an_error_and_never_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&body);
    }

    #[test]
    fn a_request_with_any_byte_changed_never_panics(at in 0usize..600, byte in any::<u8>()) {
        let mut body = request(r#","attributes":[{"key":"k","value":{"kvlistValue":{"values":[]}}}],"kind":3,"#).into_bytes();
        let at = at % body.len();
        body[at] = byte;
        let _ = decode(&body);
    }
}
