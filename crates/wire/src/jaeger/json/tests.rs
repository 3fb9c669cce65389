//! What the decoder of saved Jaeger traces takes, refuses and keeps.

use proptest::prelude::*;

use super::*;
use crate::RawSpan;

/// A trace as the UI saves it: two services, one call between them, ids without their leading zeros.
const SAVED: &str = r#"{"data":[{"traceID":"3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spans":[
    {"traceID":"3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanID":"a1","flags":1,"operationName":"POST /checkout","references":[],
     "startTime":1705312800000000,"duration":60000,"tags":[
        {"key":"span.kind","type":"string","value":"server"},{"key":"otel.status_code","type":"string","value":"OK"},
        {"key":"retries","type":"int64","value":2},{"key":"big","type":"int64","value":"9223372036854775807"},
        {"key":"ratio","type":"float64","value":0.5},{"key":"ok","type":"bool","value":true},
        {"key":"blob","type":"binary","value":"AP8="},{"key":"odd","type":"int64","value":"seven"}],
     "logs":[{"timestamp":1705312800002000,"fields":[{"key":"event","type":"string","value":"retry"},
        {"key":"attempt","type":"int64","value":1}]}],"processID":"p1","warnings":["clock skew"]},
    {"traceID":"3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanID":"1a2b3c4d5e6f78a2","operationName":"get",
     "references":[{"refType":"CHILD_OF","traceID":"3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanID":"a1"},
        {"refType":"FOLLOWS_FROM","traceID":"1","spanID":"2"}],
     "startTime":1705312800001000,"duration":49000,"tags":[{"key":"error","type":"bool","value":true}],"logs":[],
     "processID":"p2","warnings":null}],
    "processes":{"p1":{"serviceName":"shop","tags":[{"key":"hostname","type":"string","value":"a"}]},
        "p2":{"serviceName":"stock","tags":[]}},"warnings":null}],"total":0,"limit":0,"offset":0,"errors":null}"#;

fn spans(body: &str) -> Vec<RawSpan> {
    let decoded = decode(body.as_bytes()).unwrap();
    assert_eq!(decoded.rejected, []);
    decoded.spans
}

#[test]
fn a_saved_trace_is_read_back() {
    insta::assert_debug_snapshot!(decode(SAVED.as_bytes()).unwrap());
}

#[test]
fn one_trace_alone_and_a_list_of_traces_mean_the_same() {
    let parsed: serde_json::Value = serde_json::from_str(SAVED).unwrap();
    let saved = spans(SAVED);
    assert_eq!(spans(&parsed["data"].to_string()), saved);
    assert_eq!(spans(&parsed["data"][0].to_string()), saved);
}

#[test]
fn a_span_may_bring_its_process_and_leave_its_trace_id_to_the_trace() {
    let body = r#"{"traceID":"7","spans":[{"spanID":"1","process":{"serviceName":"shop"}},{"spanID":"2","parentSpanID":"1"}]}"#;
    let spans = spans(body);
    assert_eq!(spans[0].origin.resource.text("service.name"), Some("shop"));
    assert_eq!((spans[1].parent_span_id, spans[1].origin.resource.is_empty()), (Some(spans[0].span_id), true));
    assert!(spans[0].trace_id == spans[1].trace_id && spans[0].trace_id.to_string().ends_with("07"));
}

#[test]
fn a_bad_span_is_refused_with_the_reason_and_its_neighbours_are_kept() {
    let body = r#"[{"traceID":"7","spans":[{"spanID":"xyz"},{"spanID":"0"},{"spanID":"12345678901234567"},7,{"spanID":"1"}]},
        8,{"spans":[{"spanID":"1"}]}]"#;
    let decoded = decode(body.as_bytes()).unwrap();
    assert_eq!(decoded.spans.len(), 1);
    let reasons: Vec<_> = decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "spanID: expected hex digits only",
            "spanID: an id of only zeros is invalid",
            "spanID: expected 16 hex digits, got 17 characters",
            "expected a span object",
            "expected a trace; invalid type: integer `8`, expected an object at line 1 column 1",
            "traceID: missing",
        ]
    );
}

#[test]
fn what_is_not_a_saved_trace_is_answered_with_what_it_is() {
    for (body, expected) in [
        ("", "the body is empty"),
        ("nonsense", "the body is not a trace saved from Jaeger"),
        ("{}", "it has no \"data\""),
        (r#"{"data":null,"errors":[{"code":404,"msg":"trace not found"}]}"#, "trace not found"),
        (r#"{"result":{"resourceSpans":[]}}"#, "post its resourceSpans to /v1/traces"),
    ] {
        let error = decode(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{body}: {error}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_spans_or_an_error_and_never_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&body);
    }

    #[test]
    fn a_saved_trace_with_any_byte_changed_never_panics(at in 0..SAVED.len(), byte in any::<u8>()) {
        let mut body = SAVED.as_bytes().to_vec();
        body[at] = byte;
        let _ = decode(&body);
    }
}
