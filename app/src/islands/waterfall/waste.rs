//! Money that was avoidable: the mark on the row of a span that spent it, and the words for it.

use model::SpanId;
use model::trace::waste::{Mark, Reason};

use super::row::named;
use super::viewer::Viewer;
use crate::components::markup::Markup;

/// The mark of a reason, as short as a row needs it.
pub const fn short(reason: Reason) -> &'static str {
    match reason {
        Reason::Retried => "retried",
        Reason::Repeated => "repeats",
        Reason::Failed => "lost",
    }
}

/// What the span did, in words, without the name of the span that is the reason.
pub fn before_name(mark: &Mark, span_id: SpanId) -> &'static str {
    match (mark.reason, mark.because == span_id) {
        (Reason::Retried, true) => "failed and was tried again",
        (Reason::Retried, false) => "below a span that failed and was tried again: ",
        (Reason::Repeated, _) => "repeats the call of ",
        (Reason::Failed, true) => "failed, so what it cost bought nothing",
        (Reason::Failed, false) => "below a span that failed: ",
    }
}

/// The same with that name.
pub fn words(mark: &Mark, span_id: SpanId) -> String {
    let name = if mark.because == span_id { "" } else { named(&mark.operation) };
    format!("avoidable: {}{name}", before_name(mark, span_id))
}

/// The mark beside the name of a span whose cost was avoidable.
pub fn mark(html: &mut Markup, viewer: Viewer, span_id: SpanId) {
    if let Some(mark) = viewer.waste_of(span_id) {
        html.tag("<span class=\"badge money wasted\"").attribute("title", &words(&mark, span_id));
        html.tag(">").tag(short(mark.reason)).tag("</span>");
    }
}

/// The same for who listens instead of looking.
pub fn spoken(viewer: Viewer, span_id: SpanId) -> String {
    viewer.waste_of(span_id).map(|mark| format!(", {}", words(&mark, span_id))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> SpanId {
        SpanId::from_bytes([number; 8]).unwrap()
    }

    #[test]
    fn the_words_name_the_span_that_is_the_reason_unless_it_is_the_span_itself() {
        let mark = |reason| Mark { reason, because: id(1), operation: "tool.search".to_owned() };
        assert_eq!(words(&mark(Reason::Repeated), id(2)), "avoidable: repeats the call of tool.search");
        assert_eq!(words(&mark(Reason::Failed), id(2)), "avoidable: below a span that failed: tool.search");
        assert_eq!(words(&mark(Reason::Failed), id(1)), "avoidable: failed, so what it cost bought nothing");
    }
}
