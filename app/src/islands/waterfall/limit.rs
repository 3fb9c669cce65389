//! A trace over the limit of one trace: the mark on the row of the span that took it there, and the words for it.

use leptos::prelude::*;
use model::SpanId;
use model::budget::crossing::Over;
use serde::{Deserialize, Serialize};

use super::sheet::Sheet;
use super::viewer::Viewer;
use crate::components::icon::{Glyph, Size};
use crate::components::markup::Markup;
use crate::format::money;

/// A trace over its limit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverLimit {
    /// By how much, and which span crossed it.
    pub over: Over,
    /// The operation of that span.
    pub name: String,
    /// When it began, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// The view with that span opened.
    pub href: String,
    /// The alert that tells of this trace, where there is one: imported history raises none.
    pub alert: Option<i64>,
}

/// What the limit is, as people set it.
pub fn limit(over: &Over) -> String {
    money::axis(over.limit)
}

/// What the span did, in words.
pub fn words(over: &Over) -> String {
    format!("crossed the limit of {} per trace: running total {}", limit(over), money::amount(over.crossing.sum))
}

/// What there is to say of this span, when it is the one that crossed.
pub fn crossed_by(sheet: &Sheet, span_id: SpanId) -> Option<Over> {
    sheet.over.as_ref().map(|over| over.over).filter(|over| over.crossing.span_id == span_id)
}

/// The mark beside the name of the span that crossed.
pub fn mark(html: &mut Markup, viewer: Viewer, span_id: SpanId) {
    if let Some(over) = viewer.sheet.with_value(|sheet| crossed_by(sheet, span_id)) {
        html.tag("<span class=\"badge crit over-limit\"").attribute("title", &words(&over)).tag(">");
        html.icon(Glyph::Warn, Size::Small).tag("over limit</span>");
    }
}

/// The same for who listens instead of looking.
pub fn spoken(viewer: Viewer, span_id: SpanId) -> String {
    let over = viewer.sheet.with_value(|sheet| crossed_by(sheet, span_id));
    over.map(|over| format!(", {}", words(&over))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use model::budget::crossing::Crossing;
    use model::{Usd, UsdSum};

    use super::*;

    #[test]
    fn the_words_say_limit_and_running_total() {
        let crossing =
            Crossing { span_id: SpanId::from_bytes([1; 8]).unwrap(), sum: UsdSum::from_pico(12_300_000_000) };
        let limit = Usd::from_pico(10_000_000_000);
        let over = Over { limit, total: UsdSum::from_pico(12_300_000_000), crossing };
        assert_eq!(words(&over), "crossed the limit of $0.01 per trace: running total $0.0123");
    }
}
