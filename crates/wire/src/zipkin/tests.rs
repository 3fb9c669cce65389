//! What the Zipkin decoders take, refuse and keep. The fixtures are what OpenTelemetry's Python SDK sends for two spans.

use model::SpanId;
use model::attribute::Value;
use proptest::prelude::*;
use prost::Message;

use super::*;
use crate::{Decoded, RawSpan};

const PYTHON: &[u8] = include_bytes!("../../fixtures/zipkin_python.json");
const PYTHON_PROTOBUF: &[u8] = include_bytes!("../../fixtures/zipkin_python.pb");
const PYTHON_V1: &[u8] = include_bytes!("../../fixtures/zipkin_v1_python.json");

const IDS: &str = r#""traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","id":"1a2b3c4d5e6f7890""#;

fn v2(spans: &str) -> Decoded {
    decode_json(format!("[{spans}]").as_bytes()).unwrap()
}

/// The one span that has `members` besides its ids.
fn one(members: &str) -> RawSpan {
    let mut decoded = v2(&format!("{{{IDS},{members}}}"));
    assert_eq!(decoded.rejected, [], "{members}");
    decoded.spans.remove(0)
}

fn v1(members: &str) -> Vec<RawSpan> {
    let decoded = decode_v1_json(format!("[{{{IDS},{members}}}]").as_bytes()).unwrap();
    assert_eq!(decoded.rejected, [], "{members}");
    decoded.spans
}

fn reasons(decoded: &Decoded) -> Vec<&str> {
    decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect()
}

fn id(digits: &str) -> SpanId {
    digits.parse().unwrap()
}

#[test]
fn what_the_python_sdk_sends_is_read_back() {
    insta::assert_debug_snapshot!(decode_json(PYTHON).unwrap());
}

#[test]
fn protobuf_of_the_python_sdk_means_the_same_as_its_json() {
    assert_eq!(decode_protobuf(PYTHON_PROTOBUF).unwrap(), {
        let mut decoded = decode_json(PYTHON).unwrap();
        // JSON objects are read in the order of their keys, protobuf in the order sent.
        let order = |span: &RawSpan| span.attributes.clone();
        for (from_json, from_protobuf) in decoded.spans.iter_mut().zip(decode_protobuf(PYTHON_PROTOBUF).unwrap().spans)
        {
            let sent = order(&from_protobuf);
            from_json.attributes.0.sort_by_key(|(key, _)| sent.0.iter().position(|(other, _)| other == key));
        }
        decoded
    });
}

#[test]
fn version_1_of_the_python_sdk_means_the_same_but_names_no_kind() {
    let (old, new) = (decode_v1_json(PYTHON_V1).unwrap(), decode_json(PYTHON).unwrap());
    assert_eq!((old.spans.len(), old.rejected.len()), (2, 0));
    for (old, mut new) in old.spans.into_iter().zip(new.spans) {
        new.kind = 1;
        let sent = old.attributes.clone();
        new.attributes.0.sort_by_key(|(key, _)| sent.0.iter().position(|(other, _)| other == key));
        assert_eq!(old, new);
    }
}

#[test]
fn spans_of_one_endpoint_share_their_origin() {
    let spans = decode_json(PYTHON).unwrap().spans;
    assert!(std::sync::Arc::ptr_eq(&spans[0].origin, &spans[1].origin));
}

#[test]
fn short_and_upper_case_ids_are_read() {
    let decoded = v2(r#"{"traceId":"1A2B3C4D5E6F7890","id":"00000000000000AF","parentId":"0000000000000000"}"#);
    let span = &decoded.spans[0];
    assert_eq!(span.trace_id.to_string(), "00000000000000001a2b3c4d5e6f7890");
    assert_eq!((span.span_id, span.parent_span_id), (id("00000000000000af"), None));
}

#[test]
fn a_bad_span_is_refused_with_the_reason_and_its_neighbours_are_kept() {
    let trace = r#""traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a""#;
    let decoded = v2(&[
        r#"{"traceId":"123","id":"1a2b3c4d5e6f7890"}"#.to_owned(),
        r#"{"id":"1a2b3c4d5e6f7890"}"#.to_owned(),
        r#"{"traceId":"00000000000000000000000000000000","id":"1a2b3c4d5e6f7890"}"#.to_owned(),
        format!(r#"{{{trace},"id":"xyz"}}"#),
        format!(r#"{{{trace},"id":"zz2b3c4d5e6f7890"}}"#),
        format!(r#"{{{trace},"id":"1a2b3c4d5e6f7890","parentId":"7"}}"#),
        "7".to_owned(),
        format!("{{{IDS}}}"),
    ]
    .join(","));
    assert_eq!(decoded.spans.len(), 1);
    assert_eq!(
        reasons(&decoded),
        [
            "traceId: expected 16 to 32 hex digits, got 3 characters",
            "traceId: missing",
            "traceId: an id of only zeros is invalid",
            "id: expected 16 hex digits, got 3 characters",
            "id: expected hex digits only",
            "parentId: expected 16 hex digits, got 1 characters",
            "expected a span object",
        ]
    );
    assert_eq!(decoded.rejected[3].span_id.as_deref(), Some("xyz"));
}

#[test]
fn kinds_are_read_and_none_is_internal() {
    for (sent, kind) in [("\"CLIENT\"", 3), ("\"server\"", 2), ("\"PRODUCER\"", 4), ("\"CONSUMER\"", 5), ("null", 1)] {
        assert_eq!(one(&format!(r#""kind":{sent}"#)).kind, kind, "{sent}");
    }
    let odd = one(r#""kind":"SIDEWAYS","timestamp":1,"duration":1"#);
    assert_eq!(
        (odd.kind, odd.warnings),
        (1, vec!["kind is \"SIDEWAYS\"; expected CLIENT, SERVER, PRODUCER or CONSUMER".into()])
    );
}

#[test]
fn microseconds_become_nanoseconds_and_what_is_missing_is_told() {
    let span = one(r#""timestamp":1705312800001000,"duration":49000"#);
    assert_eq!(
        (span.start_ns, span.end_ns, span.warnings.len()),
        (1_705_312_800_001_000_000, 1_705_312_800_050_000_000, 0)
    );
    let span = one(r#""timestamp":"1705312800001000","duration":1.5"#);
    assert_eq!(span.end_ns - span.start_ns, 1000);
    let unfinished = one(r#""timestamp":5"#);
    assert_eq!((unfinished.start_ns, unfinished.end_ns), (5000, 5000));
    assert_eq!(unfinished.warnings, ["no duration was sent; it is taken to be zero"]);
    let untimed = one(r#""duration":5"#);
    assert_eq!((untimed.start_ns, untimed.end_ns, untimed.warnings), (0, 0, vec!["no timestamp was sent".into()]));
    let told = one(r#""duration":5,"annotations":[{"timestamp":9,"value":"b"},{"timestamp":7,"value":"a"}]"#);
    assert_eq!((told.start_ns, told.end_ns, told.warnings.len()), (7000, 12_000, 1));
    let far = one(r#""timestamp":18446744073709551615,"duration":18446744073709551615"#);
    assert_eq!((far.start_ns, far.end_ns), (u64::MAX, u64::MAX));
    let odd = one(r#""timestamp":"soon","duration":-5"#);
    assert_eq!(odd.warnings.len(), 3, "{:?}", odd.warnings);
}

#[test]
fn the_other_side_becomes_attributes_unless_a_tag_says_so_already() {
    let span = one(r#""remoteEndpoint":{"serviceName":"stock","ipv4":"10.0.0.9","ipv6":"::1","port":8080},
           "tags":{"network.peer.port":"9090","n":7,"deep":{"a":[1]}}"#);
    assert_eq!(span.attributes.text("service.peer.name"), Some("stock"));
    assert_eq!(span.attributes.text("network.peer.address"), Some("10.0.0.9"));
    assert_eq!(span.attributes.text("network.peer.port"), Some("9090"));
    assert_eq!((span.attributes.text("n"), span.attributes.text("deep")), (Some("7"), Some(r#"{"a":[1]}"#)));
    assert_eq!(
        one(r#""remoteEndpoint":{"ipv6":"::1","port":-1}"#).attributes.get("network.peer.port"),
        Some(&Value::Int(65_535))
    );
}

#[test]
fn the_sender_is_the_resource_and_may_be_named_by_a_tag_alone() {
    let span = one(r#""localEndpoint":{"serviceName":"shop","port":80}"#);
    assert_eq!(span.origin.resource.text("service.name"), Some("shop"));
    assert_eq!(span.origin.resource.get("network.local.port"), Some(&Value::Int(80)));
    let named = one(r#""tags":{"service.name":"shop"}"#);
    assert_eq!(named.origin.resource.text("service.name"), Some("shop"));
}

#[test]
fn debug_is_a_sampled_span() {
    assert_eq!((one(r#""debug":true"#).flags, one(r#""debug":false"#).flags), (1, 0));
}

#[test]
fn the_serving_half_of_a_shared_span_becomes_a_child_of_the_calling_half() {
    let (call, serve) =
        (r#""kind":"CLIENT","parentId":"00000000000000aa""#, r#""kind":"SERVER","parentId":"00000000000000aa""#);
    let original = id("1a2b3c4d5e6f7890");
    for flag in [r#","shared":true"#, ""] {
        let decoded = v2(&format!("{{{IDS},{serve}{flag}}},{{{IDS},{call}}}"));
        let ids: Vec<_> = decoded.spans.iter().map(|span| (span.span_id, span.parent_span_id)).collect();
        assert_eq!(ids, [(original.shared_twin(), Some(original)), (original, Some(id("00000000000000aa")))]);
    }
    // Alone and without the flag a serving span keeps its id.
    assert_eq!(one(serve).span_id, original);
    // The caller made the id, whatever it says.
    assert_eq!(one(&format!(r#"{call},"shared":true"#)).span_id, original);
    assert_eq!(one(r#""shared":true"#).parent_span_id, Some(original));
}

#[test]
fn version_1_tells_kinds_times_and_addresses_by_annotations() {
    let shop = r#""endpoint":{"serviceName":"shop","ipv4":"10.0.0.7","port":80}"#;
    let stock = r#""endpoint":{"serviceName":"stock","ipv4":"10.0.0.9","port":-1}"#;
    let spans = v1(&format!(
        r#""name":"get","timestamp":100,"duration":50,"annotations":[
            {{"timestamp":100,"value":"cs",{shop}}},{{"timestamp":110,"value":"sr",{stock}}},
            {{"timestamp":120,"value":"cache miss",{stock}}},{{"timestamp":140,"value":"ss",{stock}}},
            {{"timestamp":150,"value":"cr",{shop}}}],
        "binaryAnnotations":[{{"key":"http.path","value":"/a",{shop}}},{{"key":"db","value":"b",{stock}}},
            {{"key":"sa","value":true,{stock}}},{{"key":"ca","value":true,{shop}}}]"#
    ));
    let [caller, server] = &spans[..] else { panic!("{spans:?}") };
    assert_eq!((caller.kind, caller.start_ns, caller.end_ns), (3, 100_000, 150_000));
    assert_eq!((server.kind, server.start_ns, server.end_ns), (2, 110_000, 140_000));
    assert_eq!((caller.span_id, server.span_id), (id("1a2b3c4d5e6f7890"), caller.span_id.shared_twin()));
    assert_eq!(server.parent_span_id, Some(caller.span_id));
    assert_eq!((caller.attributes.text("http.path"), server.attributes.text("db")), (Some("/a"), Some("b")));
    assert_eq!(caller.attributes.text("service.peer.name"), Some("stock"));
    assert_eq!(caller.attributes.get("network.peer.port"), Some(&Value::Int(65_535)));
    assert_eq!(server.attributes.text("service.peer.name"), Some("shop"));
    assert_eq!((caller.events.len(), server.events[0].name.as_str()), (0, "cache miss"));
    assert_eq!(server.origin.resource.text("service.name"), Some("stock"));
}

#[test]
fn a_server_of_version_1_that_does_not_say_when_the_span_began_shares_it() {
    let served = r#""annotations":[{"timestamp":110,"value":"sr"},{"timestamp":140,"value":"ss"}]"#;
    let original = id("1a2b3c4d5e6f7890");
    assert_eq!(v1(served)[0].parent_span_id, Some(original));
    assert_eq!(v1(&format!(r#""timestamp":110,{served}"#))[0].span_id, original);
}

#[test]
fn messages_and_local_work_of_version_1_are_read() {
    let sent = v1(r#""annotations":[{"timestamp":5,"value":"ms","endpoint":{"serviceName":"shop"}}],
        "binaryAnnotations":[{"key":"ma","value":true,"endpoint":{"serviceName":"kafka"}}]"#);
    assert_eq!((sent[0].kind, sent[0].attributes.text("service.peer.name")), (4, Some("kafka")));
    let local = v1(r#""timestamp":5,"duration":1,
        "binaryAnnotations":[{"key":"lc","value":"","endpoint":{"serviceName":"shop"}}]"#);
    assert_eq!((local[0].kind, local[0].origin.resource.text("service.name")), (1, Some("shop")));
    assert!(local[0].attributes.is_empty());
}

#[test]
fn what_is_not_a_list_of_zipkin_spans_is_answered_with_what_it_is() {
    for (body, expected) in [
        ("", "the body is empty; expected a list of Zipkin v2 spans in JSON"),
        ("{}", "the body is not a list of Zipkin v2 spans in JSON"),
        ("nonsense", "the body is not a list of Zipkin v2 spans in JSON"),
        (r#"{"resourceSpans":[]}"#, "post it to /v1/traces"),
        (r#"{"spans":[]}"#, "post it to /api/v1/traces"),
        (r#"{"traceId":"1"}"#, "send a list of spans, even of one"),
        (r#"[{"traceId":"1","binaryAnnotations":[]}]"#, "post it to /api/v1/spans"),
        (r#"[{"traceId":"1","annotations":[{"value":"cs","endpoint":{}}]}]"#, "post it to /api/v1/spans"),
    ] {
        let error = decode_json(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{body}: {error}");
    }
    let error = decode_v1_json(br#"[{"kind":"CLIENT"}]"#).unwrap_err().to_string();
    assert!(error.contains("post it to /api/v2/spans"), "{error}");
    let error = decode_protobuf(b"[{}]").unwrap_err().to_string();
    assert!(error.contains("Content-Type: application/json"), "{error}");
    assert_eq!(decode_json(b" [] ").unwrap(), Decoded::default());
    assert_eq!(decode_protobuf(b"").unwrap(), Decoded::default());
}

/// A list in protobuf.
fn listed(spans: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    for span in spans {
        body.push(0x0a);
        prost::encoding::encode_varint(span.len() as u64, &mut body);
        body.extend_from_slice(span);
    }
    body
}

#[test]
fn a_bad_span_in_protobuf_costs_itself_only() {
    let good =
        messages::Span { trace_id: vec![1; 8].into(), id: vec![2; 8].into(), kind: 1, ..messages::Span::default() };
    let with = |change: fn(&mut messages::Span)| {
        let mut span = good.clone();
        change(&mut span);
        span.encode_to_vec()
    };
    let decoded = decode_protobuf(&listed(&[
        with(|span| span.trace_id = vec![1; 7].into()),
        with(|span| span.id = vec![0; 8].into()),
        with(|span| span.parent_id = vec![1; 3].into()),
        vec![0x2a, 0x03, 0xff, 0xff],
        with(|_| ()),
        [with(|span| span.kind = 9), vec![0x2a, 0x02, 0xff, b'x']].concat(),
    ]))
    .unwrap();
    assert_eq!(decoded.spans.iter().map(|span| span.kind).collect::<Vec<_>>(), [3, 1]);
    assert_eq!(decoded.spans[0].trace_id.to_string(), "00000000000000000101010101010101");
    let reasons = reasons(&decoded);
    assert_eq!(
        reasons[..3],
        [
            "trace_id: expected 32 hex digits, got 14 characters",
            "id: an id of only zeros is invalid",
            "parent_id: expected 16 hex digits, got 6 characters",
        ]
    );
    assert!(reasons[3].starts_with("the span is broken"), "{}", reasons[3]);
    assert_eq!(decoded.spans[1].name, "\u{fffd}x", "a broken character costs itself only");
}

#[test]
fn addresses_in_protobuf_have_4_or_16_bytes() {
    let with = |ipv4: Vec<u8>, ipv6: Vec<u8>| {
        let endpoint =
            messages::Endpoint { ipv4: ipv4.into(), ipv6: ipv6.into(), port: 70_000, ..messages::Endpoint::default() };
        let span = messages::Span {
            trace_id: vec![1; 16].into(),
            id: vec![2; 8].into(),
            timestamp: 1,
            duration: 1,
            remote_endpoint: Some(endpoint),
            ..messages::Span::default()
        };
        decode_protobuf(&listed(&[span.encode_to_vec()])).unwrap().spans.remove(0)
    };
    assert_eq!(with(vec![10, 0, 0, 9], vec![]).attributes.text("network.peer.address"), Some("10.0.0.9"));
    assert_eq!(with(vec![], [vec![0; 15], vec![1]].concat()).attributes.text("network.peer.address"), Some("::1"));
    let odd = with(vec![1, 2, 3], vec![]);
    assert_eq!((odd.attributes.0.len(), odd.warnings.len()), (0, 1));
}

proptest! {
    #[test]
    fn any_bytes_are_spans_or_an_error_and_never_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = (decode_json(&body), decode_v1_json(&body), decode_protobuf(&body));
    }

    #[test]
    fn a_fixture_with_any_byte_changed_never_panics(at in any::<usize>(), byte in any::<u8>()) {
        let changed = |fixture: &[u8]| {
            let mut body = fixture.to_vec();
            let at = at % body.len();
            body[at] = byte;
            body
        };
        let _ = decode_json(&changed(PYTHON));
        let _ = decode_v1_json(&changed(PYTHON_V1));
        let _ = decode_protobuf(&changed(PYTHON_PROTOBUF));
    }
}
