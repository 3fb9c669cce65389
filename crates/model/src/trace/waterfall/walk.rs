//! The tree behind the rows, for what walks spans instead of rows.

use super::Waterfall;
use super::columns::Columns;

impl Waterfall {
    /// Its spans as columns.
    pub(in crate::trace) const fn columns(&self) -> &Columns {
        &self.spans
    }

    /// The spans right below a span, by start time.
    pub(in crate::trace) fn children_of(&self, span: u32) -> &[u32] {
        self.children.of_span(span)
    }

    /// The spans below none, by place in the columns.
    pub(in crate::trace) fn tops(&self) -> Vec<u32> {
        let mut is_below = vec![false; self.spans.len()];
        for span in 0..self.spans.len() as u32 {
            self.children.of_span(span).iter().for_each(|&child| is_below[child as usize] = true);
        }
        (0..self.spans.len() as u32).filter(|&span| !is_below[span as usize]).collect()
    }
}
