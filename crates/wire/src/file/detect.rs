//! Telling formats apart by how a file begins.

use super::Kind;
use super::outline::Outline;
use crate::fields;

/// As much of a file as [`detect`] needs at most: the names that give a format away stand in its first object, possibly
/// behind a long attribute.
pub const HEAD_BYTES: usize = 64 * 1024;

/// What a file that begins like this holds; `None` for what no format begins with. The whole file will do as well.
///
/// A format of lines and the same format in one document differ only behind the first document. When its end is not in
/// sight, one line is taken for the first of many: read as lines, it gives the same.
pub fn detect(head: &[u8]) -> Option<Kind> {
    let head = &head[..head.len().min(HEAD_BYTES)];
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    if text.is_empty() {
        return None;
    }
    // JSON has no control characters but blanks; every binary format has them in its first fields.
    let is_binary = head.iter().any(|byte| *byte < b' ' && !byte.is_ascii_whitespace());
    let binary = if is_binary { binary(head) } else { None };
    binary.or_else(|| Outline::of(text).and_then(|outline| json(&outline))).or_else(|| printed(text))
}

fn binary(head: &[u8]) -> Option<Kind> {
    if head.starts_with(&[0x0c, 0x00, 0x01]) || head.starts_with(&[0x0f, 0x00, 0x02, 0x0c]) {
        return Some(Kind::JaegerThrift);
    }
    // Both lists are repeated messages number 1. Zipkin's begin with an id, OTLP's with a resource or a scope.
    let (1, group) = fields::first(head)? else { return None };
    match fields::first(group)? {
        (1, id) if matches!(id.len(), 8 | 16) && fields::first(group.get(2 + id.len()..)?).is_some_and(is_id) => {
            Some(Kind::ZipkinProtobuf)
        }
        (1, []) => Some(Kind::OtlpProtobuf),
        (1, resource) => {
            // An attribute, or the references of entities that resources have since OTLP 1.6.
            let (1 | 3, attribute) = fields::first(resource)? else { return None };
            matches!(fields::first(attribute)?, (1, key) if is_text(key)).then_some(Kind::OtlpProtobuf)
        }
        (2, scope) => matches!(fields::first(scope), None | Some((1..=3, _))).then_some(Kind::OtlpProtobuf),
        _ => None,
    }
}

/// A parent's id or the span's own.
fn is_id((number, payload): (u64, &[u8])) -> bool {
    matches!(number, 2 | 3) && payload.len() <= 8
}

/// UTF-8, possibly cut within a character.
fn is_text(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
}

fn json(outline: &Outline<'_>) -> Option<Kind> {
    if outline.is_list {
        return list(outline);
    }
    // One document, unless more are seen to follow, or it may be the first line of many.
    let is_single = if outline.is_whole { !outline.is_followed } else { outline.is_pretty };
    let either = |single, lines| Some(if is_single { single } else { lines });
    if outline.is_unquoted || outline.has(&["context", "SpanContext"]) {
        Some(Kind::Console)
    } else if outline.has(&["resourceSpans", "resource_spans"]) {
        either(Kind::OtlpJson, Kind::OtlpJsonLines)
    } else if outline.has(&["scopeSpans", "resourceLogs", "resourceMetrics"]) {
        Some(Kind::OtlpJsonLines)
    } else if outline.has(&["data", "traceID"]) {
        Some(Kind::JaegerJson)
    } else if outline.has(&["spans"]) {
        either(Kind::NativeJson, Kind::NativeLines)
    } else if outline.has(&["span_id", "spanId"]) {
        Some(Kind::NativeLines)
    } else if outline.has(&["trace_id"]) {
        // A trace whose spans are not in sight yet.
        either(Kind::NativeJson, Kind::NativeLines)
    } else if outline.has(&["resource_metrics", "severity_number"]) {
        // Other signals a program may print before its first span.
        Some(Kind::Console)
    } else {
        None
    }
}

fn list(outline: &Outline<'_>) -> Option<Kind> {
    if outline.has(&["traceID"]) {
        Some(Kind::JaegerJson)
    } else if outline.is_empty_list || outline.has(&["spans", "span_id", "spanId", "trace_id"]) {
        Some(Kind::NativeJson)
    } else if outline.has(&["traceId", "id"]) {
        let only_v2 = outline.has(&["kind", "localEndpoint", "remoteEndpoint", "tags", "shared"]);
        let is_v1 = !only_v2 && (outline.has(&["binaryAnnotations"]) || outline.annotated_by_endpoint);
        Some(if is_v1 { Kind::ZipkinV1Json } else { Kind::ZipkinJson })
    } else {
        None
    }
}

/// Objects of a console exporter behind other lines of the same program.
fn printed(text: &[u8]) -> Option<Kind> {
    let begins = |line: &[u8]| line.starts_with(b"{");
    let at = text.split(|byte| *byte == b'\n').skip(1).position(begins)?;
    let lines = text.splitn(at + 2, |byte| *byte == b'\n');
    Outline::of(lines.last()?).and_then(|outline| json(&outline)).filter(|kind| *kind == Kind::Console)
}
