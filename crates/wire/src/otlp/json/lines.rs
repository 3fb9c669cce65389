//! OTLP/JSON by the line: what the OTLP file exporters write (opentelemetry-specification, `protocol/file-exporter.md`).
//!
//! Each line is a request. Logs and metrics may stand in the same file and are left out. Java's logging exporter writes a
//! resource with its spans where a request would be.

use super::{Object, malformed, request, resource_spans};
use crate::collect::Collector;
use crate::lines::Lines;
use crate::raw::warn;
use crate::{DecodeError, Decoded, Format};

const LINES: Lines =
    Lines { body: "lines of OTLP requests in JSON", line: "an OTLP ExportTraceServiceRequest in JSON", read };

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
    let object = Object::parse(text).map_err(malformed)?;
    if object.get(&["resourceLogs", "resourceMetrics", "scopeLogs", "scopeMetrics"]).is_some() {
        warn(&mut collector.decoded.warnings, "lines of logs or metrics were left out: only traces are kept");
        return Ok(());
    }
    if object.get(&["scopeSpans"]).is_some() { resource_spans(&object, collector) } else { request(&object, collector) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_group(id: u64) -> String {
        format!(
            r#"{{"resource":{{}},"scopeSpans":[{{"spans":[
               {{"traceId":"7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a","spanId":"{id:016x}"}}]}}]}}"#
        )
        .replace('\n', "")
    }

    #[test]
    fn requests_and_bare_resources_are_read_and_other_signals_left_out() {
        let lines = [
            format!(r#"{{"resourceSpans":[{}]}}"#, a_group(1)),
            a_group(2),
            r#"{"resourceLogs":[]}"#.to_owned(),
            r#"{"resourceMetrics":[]}"#.to_owned(),
            "{}".to_owned(),
        ];
        let decoded = decode_lines(lines.join("\n").as_bytes()).unwrap();
        assert_eq!((decoded.spans.len(), decoded.rejected.len(), decoded.warnings.len()), (2, 0, 1));
    }

    #[test]
    fn a_broken_line_is_refused_by_its_number_and_its_neighbours_are_kept() {
        let lines = [a_group(1), r#"{"resourceSpans":[{"#.to_owned(), a_group(0), a_group(2)];
        let decoded = decode_lines_from(lines.join("\n").as_bytes(), 10).unwrap();
        assert_eq!(decoded.spans.len(), 2);
        let reasons: Vec<_> = decoded.rejected.iter().map(|rejected| rejected.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "line 11: expected an OTLP ExportTraceServiceRequest in JSON; EOF while parsing an object at column 19",
                "line 12: spanId: an id of only zeros is invalid",
            ]
        );
    }
}
