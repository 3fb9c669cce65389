//! Chunks hold every byte of a file, whole documents each, whatever the pieces it is fed in.

use proptest::prelude::*;

use super::*;
use crate::file::{decode, decode_chunk};

const CONSOLE: &str = include_str!("../../../fixtures/console_python.json");

/// Feeds `bytes` in pieces of these lengths, over and over.
fn split(kind: Kind, bytes: &[u8], pieces: &[usize], chunk_bytes: usize, document_bytes_max: usize) -> Vec<Part> {
    let mut splitter = Splitter::with_limits(kind, chunk_bytes, document_bytes_max).unwrap();
    let (mut parts, mut rest) = (Vec::new(), bytes);
    for &length in pieces.iter().cycle() {
        let (piece, after) = rest.split_at(length.max(1).min(rest.len()));
        parts.extend(splitter.feed(piece));
        rest = after;
        if rest.is_empty() {
            break;
        }
    }
    parts.extend(splitter.finish());
    parts
}

fn chunks(parts: Vec<Part>) -> Vec<Chunk> {
    let chunk = |part| match part {
        Part::Documents(chunk) => chunk,
        Part::TooLong { .. } => panic!("{part:?}"),
    };
    parts.into_iter().map(chunk).collect()
}

fn a_line(id: u64) -> String {
    format!(r#"{{"trace_id":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","span_id":"{id:016x}","start_time":1,"end_time":2}}"#)
}

#[test]
fn only_kinds_of_many_documents_are_split() {
    for kind in Kind::ALL {
        assert_eq!(Splitter::new(kind).is_some(), kind.is_split(), "{kind}");
    }
}

#[test]
fn refusals_name_the_line_of_the_file() {
    let file: String = (0..6).map(|number| a_line(number % 3) + "\n\n").collect();
    let chunks = chunks(split(Kind::NativeLines, file.as_bytes(), &[7], 150, 1000));
    assert!(chunks.len() > 1);
    let decoded: Vec<_> = chunks.iter().map(|chunk| decode_chunk(Kind::NativeLines, chunk).unwrap()).collect();
    let reasons: Vec<_> =
        decoded.iter().flat_map(|decoded| &decoded.rejected).map(|rejected| &rejected.reason).collect();
    assert_eq!(
        reasons,
        ["line 1: span_id: an id of only zeros is invalid", "line 7: span_id: an id of only zeros is invalid"]
    );
}

#[test]
fn a_document_that_is_too_long_costs_itself_only() {
    let long = "x".repeat(500);
    let file = [&a_line(1), &long, &a_line(2), &a_line(3)].map(String::as_str).join("\n");
    for piece in [1, 50, 10_000] {
        let parts = split(Kind::NativeLines, file.as_bytes(), &[piece], 200, 300);
        let too_long = parts.iter().filter(|part| **part == Part::TooLong { first_line: 2, bytes: 501 }).count();
        let spans: usize = parts
            .iter()
            .map(|part| match part {
                Part::Documents(chunk) => decode_chunk(Kind::NativeLines, chunk).unwrap().spans.len(),
                Part::TooLong { .. } => 0,
            })
            .sum();
        assert_eq!((too_long, spans), (1, 3), "pieces of {piece}: {parts:?}");
    }
    let endless = split(Kind::Console, format!("{{\"a\": [{long}").as_bytes(), &[9], 100, 300);
    assert_eq!(endless, [Part::TooLong { first_line: 1, bytes: 507 }]);
}

#[test]
fn of_a_file_that_breaks_off_only_whole_documents_are_given() {
    let file = [a_line(1), a_line(2), a_line(3)[..20].to_owned()].join("\n");
    let mut splitter = Splitter::new(Kind::NativeLines).unwrap();
    assert_eq!(splitter.feed(file.as_bytes()), []);
    let decoded: Vec<_> =
        chunks(splitter.break_off()).iter().map(|chunk| decode_chunk(Kind::NativeLines, chunk).unwrap()).collect();
    assert_eq!((decoded.len(), decoded[0].spans.len(), decoded[0].rejected.len()), (1, 2, 0));
    let mut splitter = Splitter::new(Kind::NativeLines).unwrap();
    splitter.feed(b"{\"half\"");
    assert_eq!(splitter.break_off(), []);
}

proptest! {
    #[test]
    fn chunks_hold_every_byte_and_give_the_same_spans(
        copies in 1usize..4,
        pieces in prop::collection::vec(1usize..3000, 1..5),
        chunk_bytes in 1usize..4000,
        junk in "[a-z {}\n]{0,30}",
    ) {
        let console = format!("{junk}\n{CONSOLE}{junk}\n").repeat(copies);
        let lines: String = (1..20).map(|number| a_line(number) + "\n").collect();
        for (kind, file) in [(Kind::Console, console), (Kind::NativeLines, lines)] {
            let chunks = chunks(split(kind, file.as_bytes(), &pieces, chunk_bytes, 1_000_000));
            let together: Vec<u8> = chunks.iter().flat_map(|chunk| chunk.bytes.clone()).collect();
            // Blanks between documents may go; nothing else does.
            let solid = |bytes: &[u8]| bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect::<Vec<_>>();
            prop_assert_eq!(solid(&together), solid(file.as_bytes()));
            // Other output that looks like JavaScript's makes an error of the whole, which is told chunk by chunk as well.
            let Ok(whole) = decode(kind, file.as_bytes()) else { continue };
            let parts: Vec<_> = chunks.iter().map(|chunk| decode_chunk(kind, chunk).unwrap()).collect();
            let spans: Vec<_> = parts.iter().flat_map(|decoded| decoded.spans.clone()).collect();
            prop_assert_eq!(spans, whole.spans);
            let rejected: Vec<_> = parts.iter().flat_map(|decoded| decoded.rejected.clone()).collect();
            prop_assert_eq!(rejected, whole.rejected);
        }
    }

    #[test]
    fn a_chunk_is_longer_than_asked_for_by_a_document_at_most(
        documents in prop::collection::vec(0usize..300, 0..40),
        piece in 1usize..500,
    ) {
        let file: String = documents.iter().map(|length| "x".repeat(*length) + "\n").collect();
        for part in split(Kind::NativeLines, file.as_bytes(), &[piece], 200, 250) {
            match part {
                Part::Documents(chunk) => prop_assert!(chunk.bytes.len() <= 200 + 250 + 200, "{}", chunk.bytes.len()),
                Part::TooLong { bytes, .. } => prop_assert!(bytes > 250),
            }
        }
    }
}
