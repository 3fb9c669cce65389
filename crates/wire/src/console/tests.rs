//! What the decoder of printed spans takes, refuses and keeps. The fixture is what the Python SDK prints for two spans.

use proptest::prelude::*;

use super::*;

const PYTHON: &str = include_str!("../../fixtures/console_python.json");

const GO: &str = r#"{
	"Name": "llm.generate",
	"SpanContext": {"TraceID": "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a", "SpanID": "1a2b3c4d5e6f78a2", "TraceFlags": "01",
		"TraceState": "a=b", "Remote": false},
	"Parent": {"TraceID": "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a", "SpanID": "1a2b3c4d5e6f78a1", "TraceFlags": "01",
		"TraceState": "", "Remote": false},
	"SpanKind": 3,
	"StartTime": "2024-01-15T10:00:00.001000123Z",
	"EndTime": "2024-01-15T12:00:00.05+02:00",
	"Attributes": [{"Key": "gen_ai.request.model", "Value": {"Type": "STRING", "Value": "gpt-4o"}},
		{"Key": "tokens", "Value": {"Type": "INT64", "Value": 120}}, {"Key": "cost", "Value": {"Type": "FLOAT64", "Value": 2}},
		{"Key": "tools", "Value": {"Type": "STRINGSLICE", "Value": ["a", "b"]}}],
	"Events": [{"Name": "retry", "Attributes": null, "DroppedAttributeCount": 0, "Time": "2024-01-15T10:00:00.002Z"}],
	"Links": null,
	"Status": {"Code": "Error", "Description": "rate limited"},
	"DroppedAttributes": 1, "DroppedEvents": 0, "DroppedLinks": 2, "ChildSpanCount": 0,
	"Resource": [{"Key": "service.name", "Value": {"Type": "STRING", "Value": "checkout"}}],
	"InstrumentationScope": {"Name": "shop.agent", "Version": "1.4.0", "SchemaURL": "", "Attributes": null}
}"#;

/// The fixture with each object on one line.
fn on_lines() -> String {
    let objects = serde_json::Deserializer::from_str(PYTHON).into_iter::<Value>();
    objects.map(|object| object.unwrap().to_string() + "\n").collect()
}

#[test]
fn what_the_python_sdk_prints_is_read_back() {
    insta::assert_debug_snapshot!(decode(PYTHON.as_bytes()).unwrap());
}

#[test]
fn what_the_go_sdk_prints_is_read_back() {
    insta::assert_debug_snapshot!(decode(GO.as_bytes()).unwrap());
}

#[test]
fn pretty_and_one_line_objects_mean_the_same() {
    let pretty = decode(PYTHON.as_bytes()).unwrap();
    assert_eq!(pretty.spans.len(), 2);
    assert_eq!(decode(on_lines().as_bytes()).unwrap(), pretty);
    assert_eq!(decode(on_lines().replace('\n', "").as_bytes()).unwrap(), pretty);
    assert!(std::sync::Arc::ptr_eq(&pretty.spans[0].origin, &pretty.spans[1].origin));
}

#[test]
fn other_lines_and_other_signals_are_left_out_with_a_warning() {
    let mixed = format!(
        "starting\n{PYTHON}\n{{\"resource_metrics\": []}}\n{{\"body\": \"hi\", \"severity_number\": 9}}\ndone {{}}\n"
    );
    let decoded = decode(mixed.as_bytes()).unwrap();
    assert_eq!((decoded.spans.len(), decoded.rejected.len()), (2, 0));
    assert_eq!(
        decoded.warnings,
        ["logs or metrics were left out: only traces are kept", "2 lines that are not spans were left out"]
    );
}

#[test]
fn a_bad_object_is_refused_by_its_line_and_its_neighbours_are_kept() {
    let lines = on_lines();
    let good = lines.lines().next().unwrap();
    let bad_id = good.replace("0x1a2b3c4d5e6f78a2", "0x0");
    let cut = &good[..good.len() / 2];
    let decoded = decode([good, &bad_id, cut, "{\"a\": 1}", good].join("\n").as_bytes()).unwrap();
    assert_eq!(decoded.spans.len(), 2);
    let reasons: Vec<_> = decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
    assert_eq!(reasons[0], "line 2: span_id: an id of only zeros is invalid");
    assert!(reasons[1].starts_with("line 3: the span is broken: "), "{}", reasons[1]);
    assert_eq!(reasons[2], "line 4: expected a span as the console exporters of Python and Go print it");
}

#[test]
fn what_node_prints_is_named() {
    let inspected = "{\n  resource: { attributes: { 'service.name': 'checkout' } },\n  traceId: '8ed6e2600e19250c5884e7b07936825f',\n}\n";
    let error = decode(inspected.as_bytes()).unwrap_err().to_string();
    assert!(error.contains("console exporter for JavaScript prints, which is not JSON"), "{error}");
    let further_on = decode_from(inspected.as_bytes(), 100).unwrap();
    assert!(
        further_on.rejected[0]
            .reason
            .starts_with("line 100: looks like what OpenTelemetry's console exporter for Java")
    );
    assert!(decode(b"hello\n").unwrap_err().to_string().contains("it has no JSON object"));
    assert!(decode(b" \n").unwrap_err().to_string().contains("the body is empty"));
}

proptest! {
    #[test]
    fn any_bytes_are_spans_or_an_error_and_never_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&body);
    }

    #[test]
    fn the_fixture_with_any_byte_changed_never_panics(at in 0..PYTHON.len(), byte in any::<u8>()) {
        let mut body = PYTHON.as_bytes().to_vec();
        body[at] = byte;
        let _ = decode(&body);
    }
}
