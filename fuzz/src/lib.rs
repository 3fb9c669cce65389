//! What must hold for any bytes whatsoever, for every decoder alike.
//!
//! To add a decoder: a file in `fuzz_targets`, a `[[bin]]` in `Cargo.toml`, a folder of small files in `seeds` with its name.

use wire::{DecodeError, Decoded, Format, RawSpan};

/// Spans normalised per body: enough to meet every dialect, few enough to keep the decoder in the foreground.
const NORMALISED_MAX: usize = 20;

/// Spans that one byte may bring at most: a Zipkin v1 span of three bytes would be one from each of four sides.
const SPANS_PER_BYTE_MAX: usize = 4;

/// Characters of an answer's message.
const MESSAGE_CHARS_MAX: usize = 500;

/// Reads `bytes` whole and in slices, and checks what every format promises.
pub fn format(format: Format, bytes: &[u8]) {
    decoder(|bytes| format.decode(bytes), bytes);
    let mut together = Decoded::default();
    let mut add = |slice: Decoded| {
        together.spans.extend(slice.spans);
        together.rejected.extend(slice.rejected);
    };
    let read = format.decode_slices(bytes, &mut add);
    match format.decode(bytes) {
        Ok(whole) => {
            assert_eq!(read, Ok(()), "what is read whole is read in slices");
            assert_eq!(together.rejected, whole.rejected, "in slices as in one piece");
            let ids =
                |spans: &[RawSpan]| -> Vec<_> { spans.iter().map(|span| (span.trace_id, span.span_id)).collect() };
            assert_eq!(ids(&together.spans), ids(&whole.spans), "in slices as in one piece");
        }
        Err(_) => assert!(read.is_err(), "what is broken is broken in slices"),
    }
}

/// Decodes `bytes` and checks what every decoder promises.
pub fn decoder(decode: impl Fn(&[u8]) -> Result<Decoded, DecodeError>, bytes: &[u8]) {
    match decode(bytes) {
        Ok(decoded) => {
            let again = decode(bytes).expect("what was read once is read twice");
            assert_eq!(again.spans.len(), decoded.spans.len(), "decoding is a function of the bytes");
            assert_eq!(again.rejected, decoded.rejected, "decoding is a function of the bytes");
            holds(decoded, bytes.len());
        }
        Err(error) => assert!(!error.to_string().is_empty(), "an error says what is wrong"),
    }
}

/// What holds for the spans of a body of so many bytes.
pub fn holds(decoded: Decoded, bytes: usize) {
    let taken = decoded.spans.len() + decoded.rejected.len();
    assert!(taken <= bytes * SPANS_PER_BYTE_MAX, "{taken} spans out of {bytes} bytes");
    assert!(decoded.rejected.iter().all(|rejected| !rejected.reason.is_empty()), "a refusal says why");
    let message = decoded.message(MESSAGE_CHARS_MAX);
    assert!(message.chars().count() <= MESSAGE_CHARS_MAX, "a message stays within its limit");
    for span in &decoded.spans {
        let (trace_id, span_id) = (span.trace_id.to_string(), span.span_id.to_string());
        assert_eq!(trace_id.parse(), Ok(span.trace_id), "an id that was read is valid");
        assert_eq!(span_id.parse(), Ok(span.span_id), "an id that was read is valid");
        assert!(span.warnings.len() <= 20, "warnings do not multiply");
    }
    is_kept(&decoded.spans);
    decoded.spans.into_iter().take(NORMALISED_MAX).for_each(normalises);
}

/// What was read can be written and read back, so the database can keep it and other servers can have it.
fn is_kept(spans: &[RawSpan]) {
    let again = wire::otlp::protobuf::decode(&wire::otlp::protobuf::encode(spans)).expect("our own encoding is OTLP");
    assert_eq!((again.spans.len(), again.rejected.len()), (spans.len(), 0), "{:?}", again.rejected);
    let warnings = |spans: &[RawSpan]| spans.iter().map(|span| span.warnings.len()).sum::<usize>();
    assert_eq!(warnings(&again.spans), warnings(spans), "what was odd about a span goes with it");
}

/// A span becomes what the product shows, whatever its attributes claim.
pub fn normalises(raw: RawSpan) {
    let (trace_id, span_id) = (raw.trace_id, raw.span_id);
    let span = wire::normalise::span(raw);
    assert_eq!((span.trace_id, span.span_id), (trace_id, span_id), "identity is not a matter of attributes");
    assert!(span.duration_ns >= 0, "a duration is never negative");
    assert!(!span.service.is_empty(), "a span always has a service");
    assert!(span.start.0.checked_add(span.duration_ns).is_some(), "a span ends within the calendar");
}
