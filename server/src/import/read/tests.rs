//! What is found in a file, whole or in chunks, plain or packed, sound or broken.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;

use super::*;

/// All that was found in a file, and what ended it.
#[derive(Debug, Default)]
struct Told {
    kind: Option<(Kind, Packing)>,
    spans: usize,
    declared: usize,
    refused: Vec<String>,
    odd: Vec<String>,
    error: Option<String>,
}

fn told_by(bytes: impl Into<Vec<u8>>, kind: Option<Kind>) -> Told {
    let mut told = Told::default();
    let source = Source::of(Cursor::new(bytes.into())).unwrap();
    let end = read(source, kind, &mut |found| {
        match found {
            Found::Kind(kind, packing) => told.kind = Some((kind, packing)),
            Found::Spans(spans, declared) => {
                told.spans += spans.len();
                told.declared += declared.len();
            }
            Found::Refused(rejected) => told.refused.extend(rejected.into_iter().map(|rejected| rejected.reason)),
            Found::Odd(warnings) => told.odd.extend(warnings),
        }
        Ok(())
    });
    told.error = end.err().map(|end| end.to_string());
    told
}

fn a_line(id: u64) -> String {
    let trace = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";
    format!("{{\"trace_id\":\"{trace}\",\"span_id\":\"{id:016x}\",\"start_time\":1,\"end_time\":2}}\n")
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn lines_of_any_number_are_read_in_chunks_and_refused_by_their_number() {
    let text: String = (0..60_000).map(|number| a_line(number % 30_000)).collect();
    assert!(text.len() > 6_000_000);
    for (bytes, packing) in [(text.clone().into_bytes(), Packing::Plain), (gzip(text.as_bytes()), Packing::Gzip)] {
        let told = told_by(bytes, None);
        assert_eq!((told.kind, told.spans, told.error), (Some((Kind::NativeLines, packing)), 59_998, None));
        let zeros = "span_id: an id of only zeros is invalid";
        assert_eq!(told.refused, [format!("line 1: {zeros}"), format!("line 30001: {zeros}")]);
    }
}

#[test]
fn what_came_before_the_end_of_a_broken_file_stands() {
    let text: String = (1..50_000).map(a_line).collect();
    let whole = gzip(text.as_bytes());
    let told = told_by(&whole[..whole.len() / 2], None);
    assert!((20_000..30_000).contains(&told.spans), "{}", told.spans);
    assert_eq!(told.refused, Vec::<String>::new(), "the line that is cut is not held against it as well");
    assert!(told.error.unwrap().starts_with("it cannot be unpacked to its end, it may be cut off: gzip: "));
    let document = gzip(format!("{{\"spans\":[{}]}}", a_line(1)).as_bytes());
    let told = told_by(&document[..document.len() - 10], None);
    assert_eq!(told.spans, 0);
    assert!(told.error.unwrap().contains("cut off"));
}

#[test]
fn totals_and_oddities_are_passed_on() {
    let native = r#"{"trace_id":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","total_cost_usd":"0.5","spans":[
        {"span_id":"1a2b3c4d5e6f7890","start_time":1,"end_time":2}, {"span_id":"0"}]}"#;
    let told = told_by(native, None);
    assert_eq!((told.spans, told.declared, told.refused.len()), (1, 1, 1));
    let logs = told_by("{\"resourceLogs\":[]}\n{\"resourceLogs\":[]}\n", None);
    assert_eq!((logs.kind, logs.spans), (Some((Kind::OtlpJsonLines, Packing::Plain)), 0));
    assert_eq!(logs.odd, ["lines of logs or metrics were left out: only traces are kept"]);
}

#[test]
fn a_format_that_is_given_is_believed_and_one_that_is_not_known_is_named() {
    assert_eq!(told_by("one\n{\"a\": 1}\n", Some(Kind::Console)).refused.len(), 1);
    let told = told_by("[]", Some(Kind::OtlpJson));
    assert!(told.error.unwrap().starts_with("it is not an OTLP ExportTraceServiceRequest in JSON: "));
    let error = told_by("Dear diary,", None).error.unwrap();
    assert!(error.contains("--format") && error.contains("Zipkin v1 JSON (zipkin-v1-json), "), "{error}");
    assert_eq!(told_by(" \n", None).error.as_deref(), Some("it is empty"));
    assert_eq!(told_by(gzip(b""), None).error.as_deref(), Some("it is empty"));
}

#[test]
fn what_has_to_be_read_whole_has_a_limit_that_says_what_to_do() {
    // Small when packed; unpacked it is never held further than the limit.
    let large = [br#"{"resourceSpans":["#, vec![b' '; WHOLE_BYTES_MAX].as_slice(), b"]}"].concat();
    let large = zstd::bulk::compress(&large, 1).unwrap();
    let error = told_by(large, Some(Kind::OtlpJson)).error.unwrap();
    let expected = "it has more than 128 MiB, and OTLP JSON has to be read whole; as lines it may have any length: \
                    jq -c '.resourceSpans[]' FILE | tracetab import -";
    assert_eq!(error, expected);
}

#[test]
fn nobody_has_to_hear_it_out() {
    let source = Source::of(Cursor::new(a_line(1).repeat(3))).unwrap();
    let end = read(source, None, &mut |_| Err(End::Unwanted));
    assert!(matches!(end, Err(End::Unwanted)));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_an_error_and_never_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        kind in prop::option::of(prop::sample::select(Kind::ALL.to_vec())),
    ) {
        let told = told_by(bytes, kind);
        prop_assert!(told.kind.is_some() || told.error.is_some());
    }
}
