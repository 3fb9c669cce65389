//! What the native decoder takes, refuses and keeps.

use proptest::prelude::*;

use super::*;

const SAMPLE: &str = include_str!("../../fixtures/sample_trace.json");

fn one_span(members: &str) -> Decoded {
    let text = format!(
        r#"{{"spans":[{{"trace_id":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","span_id":"1a2b3c4d5e6f7890",
            "start_time":"2024-01-15T10:00:00Z","end_time":"2024-01-15T10:00:01Z"{members}}}]}}"#
    );
    decode(text.as_bytes()).unwrap()
}

#[test]
fn the_documented_sample_is_read_as_printed() {
    let decoded = decode(SAMPLE.as_bytes()).unwrap();
    assert_eq!(decoded.rejected, []);
    assert_eq!(decoded.warnings, Vec::<String>::new());
    assert_eq!(decoded.spans.len(), 3);
    let (id, total) = decoded.declared[0];
    assert_eq!((id.to_string().as_str(), total.to_string().as_str()), ("7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a", "0.00125"));
    let child = &decoded.spans[1];
    assert_eq!(child.parent_span_id, Some(decoded.spans[0].span_id));
    assert_eq!(child.fields.text("tenant"), Some("tenant_123"));
    assert_eq!(child.end_ns - child.start_ns, 50_000_000);
}

#[test]
fn a_list_of_traces_and_a_list_of_spans_are_read() {
    let list = format!("[{SAMPLE}, {{\"spans\": []}}]");
    assert_eq!(decode(list.as_bytes()).unwrap().spans.len(), 3);
    let bare = r#"[{"trace_id":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","span_id":"1a2b3c4d5e6f7890","start_time":1,"duration_ms":2}]"#;
    let decoded = decode(bare.as_bytes()).unwrap();
    assert_eq!((decoded.spans[0].start_ns, decoded.spans[0].end_ns), (1, 2_000_001));
}

#[test]
fn a_bad_span_is_refused_with_the_reason_and_its_neighbours_are_kept() {
    let text = r#"{"trace_id":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spans":[
        {"span_id":"xyz","start_time":"2024-01-15T10:00:00Z","end_time":"2024-01-15T10:00:01Z"},
        {"span_id":"1a2b3c4d5e6f7890","start_time":"yesterday","end_time":"2024-01-15T10:00:01Z"},
        {"span_id":"1a2b3c4d5e6f7890"}, 7,
        {"span_id":"1a2b3c4d5e6f7890","start_time":"2024-01-15T10:00:00.123456789Z","end_time":"2024-01-15T10:00:01+00:00"}]}"#;
    let decoded = decode(text.as_bytes()).unwrap();
    assert_eq!(decoded.spans.len(), 1);
    assert_eq!(decoded.spans[0].start_ns % 1_000_000_000, 123_456_789);
    let reasons: Vec<_> = decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "span_id: expected 16 hex digits, got 3 characters",
            "start_time: \"yesterday\" is not an RFC 3339 time since 1970, such as 2024-01-15T10:00:00.000Z",
            "start_time: missing",
            "expected a span object",
        ]
    );
    assert_eq!(decoded.rejected[0].span_id.as_deref(), Some("xyz"));
}

#[test]
fn members_of_the_span_itself_win_and_unknown_ones_become_attributes() {
    let decoded = one_span(r#","tenant":"acme","colour":"red","attributes":{"tenant":"other","n":1.5}"#);
    let span = &decoded.spans[0];
    assert_eq!(span.fields.text("tenant"), Some("acme"));
    assert_eq!(span.attributes.text("tenant"), Some("other"));
    assert_eq!(span.attributes.text("colour"), Some("red"));
}

#[test]
fn a_cost_that_we_worked_out_is_not_taken_for_a_report_when_it_comes_back() {
    let derived = one_span(r#","cost_usd":0.5,"cost_source":"derived""#);
    assert!(derived.spans[0].fields.get("cost_usd").is_none() && derived.spans[0].attributes.get("cost_usd").is_none());
    let reported = one_span(r#","cost_usd":0.5,"cost_source":"reported""#);
    assert!(reported.spans[0].fields.get("cost_usd").is_some());
}

#[test]
fn what_our_own_answers_add_does_not_become_attributes() {
    let decoded =
        one_span(r#","cost_note":"x","cost_detail":{},"category":"llm","duration_ms":5,"warnings":[],"peer":"db""#);
    assert!(decoded.spans[0].attributes.is_empty());
    assert_eq!(decoded.spans[0].fields.text("peer.service"), Some("db"));
}

#[test]
fn deep_values_are_kept_as_text_from_where_the_database_could_not_follow() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(100), "}".repeat(100));
    let span = one_span(&format!(r#","attributes":{{"k":{deep}}},"other":{deep}"#)).spans.remove(0);
    assert_eq!(span.warnings.len(), 1);
    let again = crate::otlp::protobuf::decode(&crate::otlp::protobuf::encode(std::slice::from_ref(&span))).unwrap();
    assert_eq!((again.rejected.len(), &again.spans[0].attributes), (0, &span.attributes));
    assert!(format!("{:?}", span.attributes).contains(r#"{\"a\":{\"a\":1}}"#));
}

#[test]
fn times_past_the_end_and_before_the_beginning_are_told_apart() {
    let far = one_span(r#","end_time":"9999-12-31T23:59:59Z""#);
    assert_eq!(far.spans[0].end_ns, u64::MAX, "which normalise brings back, with a warning");
    let before = one_span(r#","start_time":"1969-12-31T23:59:59Z","end_time":1"#);
    assert!(before.rejected[0].reason.contains("since 1970"), "{}", before.rejected[0].reason);
    let backwards = one_span(r#","start_time":7,"end_time":null,"duration_ms":-1.5"#);
    assert_eq!((backwards.spans[0].end_ns, backwards.spans[0].warnings.len()), (7, 1));
}

#[test]
fn a_hundred_thousand_members_beside_as_many_attributes_are_read_in_no_time() {
    let members = |of: &str| (0..100_000).map(|n| format!(r#""{of}{n}":{n}"#)).collect::<Vec<_>>().join(",");
    let sent = format!(r#","attributes":{{{}}},{}"#, members("a"), members("b"));
    let began = std::time::Instant::now();
    let decoded = one_span(&sent);
    assert_eq!(decoded.spans[0].attributes.0.len(), 200_000);
    // Looking each one up among the others takes minutes.
    assert!(began.elapsed() < std::time::Duration::from_secs(20));
}

#[test]
fn what_the_parser_quotes_is_cut() {
    let body = format!("\"{}\"", "x".repeat(1_000_000));
    let words = decode(body.as_bytes()).unwrap_err().to_string();
    assert!(words.len() < 1_000 && words.contains("invalid type") && words.contains("line 1"), "{words}");
}

#[test]
fn a_declared_total_that_is_not_money_is_a_warning() {
    let decoded =
        decode(br#"{"trace_id":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spans":[],"total_cost_usd":"$1"}"#).unwrap();
    assert_eq!(decoded.declared, []);
    assert!(decoded.warnings[0].contains("plain decimal number"));
}

#[test]
fn what_is_not_a_trace_is_refused_by_name() {
    for (body, expected) in [
        ("", "the body is empty; expected a trace"),
        ("{}", "it has no \"spans\""),
        ("nonsense", "the body is not a trace"),
        (r#"{"resourceSpans":[]}"#, "post it to /v1/traces"),
        (r#"{"spans":{}}"#, "the body is not a trace"),
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
    fn the_sample_with_any_byte_changed_never_panics(at in 0..SAMPLE.len(), byte in any::<u8>()) {
        let mut body = SAMPLE.as_bytes().to_vec();
        body[at] = byte;
        let _ = decode(&body);
    }
}
