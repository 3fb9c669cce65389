//! Files: the kind that is detected reads them, and in chunks as in one piece.

#![no_main]

use wire::file::{Kind, Part, Splitter, decode, decode_chunk, detect};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(kind) = detect(bytes) else { return };
    let whole = decode(kind, bytes);
    // Chunks of any length, so that cuts fall everywhere.
    if let Some(splitter) = Splitter::with_limits(kind, 1 + bytes.len() % 97, 1024 * 1024)
        && let Ok(whole) = &whole
    {
        let parts = in_parts(splitter, kind, bytes);
        assert_eq!(parts, (whole.spans.len(), whole.rejected.len()), "in chunks as in one piece");
    }
    if let Ok(decoded) = whole {
        fuzz::holds(decoded, bytes.len());
    }
});

/// Spans and refusals of the file fed byte by byte at first, then in ever larger pieces.
fn in_parts(mut splitter: Splitter, kind: Kind, bytes: &[u8]) -> (usize, usize) {
    let (mut parts, mut rest, mut length) = (Vec::new(), bytes, 1);
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(length.min(rest.len()));
        parts.extend(splitter.feed(piece));
        (rest, length) = (after, length + length / 7 + 1);
    }
    parts.extend(splitter.finish());
    parts.into_iter().fold((0, 0), |(spans, rejected), part| {
        let Part::Documents(chunk) = part else { panic!("no input is as long as a document may be") };
        let decoded = decode_chunk(kind, &chunk).expect("a chunk of a file that is read is read");
        (spans + decoded.spans.len(), rejected + decoded.rejected.len())
    })
}
