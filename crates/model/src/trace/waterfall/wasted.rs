//! What of a trace's money was avoidable, by its spans and rows.

use super::{Row, Waterfall};
use crate::id::SpanId;
use crate::trace::waste::{Avoidable, Mark};
use crate::usd::UsdSum;

impl Waterfall {
    /// All avoidable money of the trace.
    pub const fn avoidable_cost(&self) -> UsdSum {
        self.waste.total()
    }

    /// What of its money was avoidable, and why.
    pub fn avoidable(&self) -> Avoidable {
        self.waste.avoidable(&self.spans)
    }

    /// Why the own cost of a span was avoidable, if it was.
    pub fn waste_mark(&self, span_id: SpanId) -> Option<Mark> {
        self.waste.mark(&self.spans, self.spans.find(span_id)?)
    }

    /// The marks of these rows.
    pub fn waste_marks(&self, rows: &[Row]) -> Vec<(SpanId, Mark)> {
        let span = |row: &Row| self.lines.span(row.index);
        let marked = |span: u32| Some((self.spans.span_id(span), self.waste.mark(&self.spans, span)?));
        rows.iter().filter_map(span).filter_map(marked).collect()
    }
}
