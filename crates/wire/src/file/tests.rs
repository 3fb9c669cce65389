//! Every format is known by its content, from a piece of it as well as from all of it.

use proptest::prelude::*;

use super::*;

const NATIVE: &str = include_str!("../../fixtures/sample_trace.json");
const ZIPKIN: &[u8] = include_bytes!("../../fixtures/zipkin_python.json");
const ZIPKIN_V1: &[u8] = include_bytes!("../../fixtures/zipkin_v1_python.json");
const ZIPKIN_PROTOBUF: &[u8] = include_bytes!("../../fixtures/zipkin_python.pb");
const JAEGER_THRIFT: &[u8] = include_bytes!("../../fixtures/jaeger_python.thrift");
const CONSOLE: &[u8] = include_bytes!("../../fixtures/console_python.json");
const JAEGER: &str = r#"{"data":[{"traceID":"7","spans":[{"spanID":"1"}],"processes":{}}]}"#;
const OTLP: &str = r#"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[
    {"traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanId":"1a2b3c4d5e6f7890","name":"work"}]}]}]}"#;

/// One file of each kind, and the spans in it.
fn files() -> Vec<(Kind, Vec<u8>, usize)> {
    let otlp = OTLP.replace("\n    ", "");
    let bare =
        r#"{"trace_id":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","span_id":"1a2b3c4d5e6f7890","start_time":1,"end_time":2}"#;
    let spans = native::decode(NATIVE.as_bytes()).unwrap().spans;
    vec![
        (Kind::OtlpProtobuf, otlp::protobuf::encode(&spans), 3),
        (Kind::OtlpJson, OTLP.into(), 1),
        (Kind::OtlpJsonLines, format!("{otlp}\n{otlp}\n").into(), 2),
        (Kind::ZipkinJson, ZIPKIN.into(), 2),
        (Kind::ZipkinV1Json, ZIPKIN_V1.into(), 2),
        (Kind::ZipkinProtobuf, ZIPKIN_PROTOBUF.into(), 2),
        (Kind::JaegerJson, JAEGER.into(), 1),
        (Kind::JaegerThrift, JAEGER_THRIFT.into(), 2),
        (Kind::NativeJson, NATIVE.into(), 3),
        (Kind::NativeLines, format!("{bare}\n{bare}\n").into(), 2),
        (Kind::Console, CONSOLE.into(), 2),
    ]
}

#[test]
fn every_kind_is_known_by_its_content_and_read() {
    let files = files();
    assert_eq!(files.iter().map(|(kind, ..)| *kind).collect::<Vec<_>>(), Kind::ALL);
    for (kind, file, spans) in files {
        assert_eq!(detect(&file), Some(kind));
        let decoded = decode(kind, &file).unwrap();
        assert_eq!((decoded.spans.len(), decoded.rejected.len()), (spans, 0), "{kind}");
    }
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.word()), Some(kind));
    }
    assert_eq!(Kind::named("parquet"), None);
}

#[test]
fn a_beginning_is_enough_and_when_it_is_one_line_it_may_be_the_first_of_many() {
    let lines = |kind| match kind {
        Kind::OtlpJson => Kind::OtlpJsonLines,
        Kind::NativeJson => Kind::NativeLines,
        other => other,
    };
    for (kind, file, _) in files() {
        // Version 1 of Zipkin's JSON gives itself away by its first endpoint.
        let known_after = if kind == Kind::ZipkinV1Json { 330 } else { 60.min(file.len()) };
        for length in known_after..file.len() {
            let found = detect(&file[..length]);
            assert!(found == Some(kind) || found.map(lines) == Some(lines(kind)), "{kind} cut at {length}: {found:?}");
        }
    }
}

#[test]
fn blanks_and_a_byte_order_mark_do_not_matter() {
    for (kind, file, _) in files().into_iter().filter(|(_, file, _)| file.is_ascii()) {
        if file.iter().all(|byte| *byte >= b' ' || byte.is_ascii_whitespace()) {
            assert_eq!(detect(&[b"\xef\xbb\xbf\n \t", file.as_slice()].concat()), Some(kind));
        }
    }
}

#[test]
fn other_shapes_of_the_known_formats_are_known_too() {
    for (text, kind) in [
        ("[]", Kind::NativeJson),
        (r#"[{"spans":[]}]"#, Kind::NativeJson),
        (r#"{"spans":[]}"#, Kind::NativeJson),
        ("{\"spans\":[]}\n{\"spans\":[]}", Kind::NativeLines),
        (r#"{"traceID":"1","spans":[]}"#, Kind::JaegerJson),
        (r#"[{"traceID":"1","spans":[]}]"#, Kind::JaegerJson),
        (r#"{"resource":{},"scopeSpans":[]}"#, Kind::OtlpJsonLines),
        (r#"{"resourceLogs":[]}"#, Kind::OtlpJsonLines),
        (r#"{"Name":"a","SpanContext":{}}"#, Kind::Console),
        ("{\n  resource: { attributes: {} },\n", Kind::Console),
        ("starting\n{\n    \"name\": \"a\",\n    \"context\": {", Kind::Console),
        (r#"[{"id":"1","traceId":"2","kind":"CLIENT","binaryAnnotations":[]}]"#, Kind::ZipkinJson),
    ] {
        assert_eq!(detect(text.as_bytes()), Some(kind), "{text}");
    }
}

#[test]
fn what_no_format_begins_with_is_unknown() {
    for bytes in [
        &b""[..],
        b" \n",
        b"hello",
        b"{}",
        b"[",
        b"[1]",
        b"{\"a\":1}",
        b"\x1f\x8b\x08",
        b"\n\n\n\n",
        b"\x0a\x05abc",
        b"PAR1",
    ] {
        assert_eq!(detect(bytes), None, "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_some_kind_or_none_and_never_a_panic(
        bytes in prop::collection::vec(prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\n\x0a\x12".to_vec())], 0..300),
    ) {
        if let Some(kind) = detect(&bytes) {
            let _ = decode(kind, &bytes);
        }
    }
}
