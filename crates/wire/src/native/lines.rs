//! Native JSON by the line (NDJSON): each line a span, a trace, `{"spans": [...]}` or a list of them.

use serde_json::value::RawValue;

use super::{list, malformed, object, span, trace};
use crate::collect::Collector;
use crate::lines::Lines;
use crate::weight::Sent;
use crate::{DecodeError, Decoded, Format};

const LINES: Lines = Lines {
    body: "lines of JSON, each a span, a trace or a list of them",
    line: "a span, a trace or a list of them",
    read,
};

/// A body of lines. What is refused is refused with the number of its line; blank lines are none.
pub const LINES_FORMAT: Format =
    Format { expected: LINES.body, read: |body, collector| LINES.read_all(body, 1, collector) };

/// Reads a whole body of lines.
pub fn decode_lines(body: &[u8]) -> Result<Decoded, DecodeError> {
    LINES_FORMAT.decode(body)
}

/// Reads lines from within a file, where the first one has this number.
pub fn decode_lines_from(body: &[u8], first_line: u64) -> Result<Decoded, DecodeError> {
    LINES.decode(body, first_line)
}

fn read(text: &str, collector: &mut Collector<'_>) -> Result<(), DecodeError> {
    if text.trim_start().starts_with('[') {
        return list(text, collector);
    }
    let object = object(text)?;
    if object.get(&["spans"]).is_some() {
        return trace(&object, collector);
    }
    let sent: &RawValue = serde_json::from_str(text).map_err(malformed)?;
    collector.span(Sent::json_members(sent.get()), || span::read(sent, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::decode;
    use proptest::prelude::*;

    const TRACE: &str = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";

    fn a_span(id: u64) -> String {
        format!(r#"{{"trace_id":"{TRACE}","span_id":"{id:016x}","start_time":1,"end_time":2}}"#)
    }

    #[test]
    fn a_line_is_a_span_a_trace_some_spans_or_a_list() {
        let lines = [
            a_span(1),
            format!(r#"{{"spans":[{}]}}"#, a_span(2)),
            String::new(),
            format!(r#"[{},{{"spans":[{}]}}]"#, a_span(3), a_span(4)),
            format!(r#"{{"trace_id":"{TRACE}","total_cost_usd":"0.5","spans":[]}}"#) + "\r",
        ];
        let decoded = decode_lines(lines.join("\n").as_bytes()).unwrap();
        assert_eq!((decoded.spans.len(), decoded.rejected.len(), decoded.declared.len()), (4, 0, 1));
        assert_eq!(decoded.warnings, Vec::<String>::new());
    }

    #[test]
    fn a_broken_line_is_refused_by_its_number_and_its_neighbours_are_kept() {
        let lines = [
            a_span(1),
            r#"{"span_id":"#.to_owned(),
            a_span(0),
            "7".to_owned(),
            r#"{"resourceSpans":[]}"#.to_owned(),
            "[".repeat(5000),
            a_span(2),
        ];
        let decoded = decode_lines(lines.join("\n").as_bytes()).unwrap();
        assert_eq!(decoded.spans.len(), 2);
        let expected = [
            "line 2: expected a span, a trace or a list of them; EOF while parsing a value at column 11",
            "line 3: span_id: an id of only zeros is invalid",
            "line 4: expected a span, a trace or a list of them; invalid type: integer `7`, expected an object",
            "line 5: looks like OTLP JSON; post it to /v1/traces",
            "line 6: expected a span, a trace or a list of them; nested over 1000 levels deep",
        ];
        for (rejected, expected) in decoded.rejected.iter().zip(expected) {
            assert!(rejected.reason.starts_with(expected), "{}", rejected.reason);
        }
        assert_eq!(decoded.rejected.len(), expected.len());
    }

    #[test]
    fn no_lines_at_all_are_an_empty_body() {
        assert_eq!(decode_lines(b" \n\r\n"), Err(DecodeError::Empty { expected: LINES.body }));
    }

    proptest! {
        #[test]
        fn lines_give_what_they_give_alone(ids in prop::collection::vec(0u64..5, 1..6)) {
            let lines: Vec<_> = ids.into_iter().map(a_span).collect();
            let together = decode_lines(lines.join("\n").as_bytes()).unwrap();
            let alone = lines.iter().map(|line| decode(format!("[{line}]").as_bytes()).unwrap());
            let spans: Vec<_> = alone.flat_map(|decoded| decoded.spans).collect();
            prop_assert_eq!(together.rejected.len() + together.spans.len(), lines.len());
            prop_assert_eq!(together.spans, spans);
        }

        #[test]
        fn any_bytes_are_spans_or_an_error_and_never_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode_lines(&body);
        }
    }
}
