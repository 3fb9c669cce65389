//! Whether a row is the top of a part of the trace, and what is within it.

use crate::id::SpanId;
use crate::trace::waterfall::{RowKey, Waterfall};

impl Waterfall {
    /// The row of this name.
    pub(super) fn row_of(&self, key: RowKey) -> Option<usize> {
        (0..self.len()).find(|&row| self.key(row) == key)
    }

    /// Whether there is such a row, and not all others stand below it.
    pub fn is_part(&self, key: RowKey) -> bool {
        self.row_of(key).is_some_and(|row| self.lines.descendants(row) + 1 < self.len())
    }

    /// Whether a span is the row of this name or stands below it.
    pub fn is_within(&self, span_id: SpanId, key: RowKey) -> bool {
        let rows = self.row_of(key).zip(self.index_of(span_id));
        rows.is_some_and(|(top, row)| (top..=top + self.lines.descendants(top)).contains(&row))
    }
}
