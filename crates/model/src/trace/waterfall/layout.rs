//! A trace laid out, with all that is said of the whole: what a server keeps while people look at it.

use super::columns::Columns;
use super::{Overview, Times, Waterfall};
use crate::trace::Revision;
use crate::trace::waste::Calls;

/// One state of a trace, ready for any number of pages and windows.
#[derive(Debug)]
pub struct Layout {
    /// The state.
    pub revision: Revision,
    /// Its rows.
    pub waterfall: Waterfall,
    /// What a page says of the whole.
    pub overview: Overview,
}

impl Layout {
    /// Lays out what was read of a trace in this state, or a newer one; which of its calls are the same is for `calls` to tell.
    pub fn of(revision: Revision, spans: Columns, times: Times, calls: &Calls) -> Self {
        let waterfall = Waterfall::with(spans, times, calls);
        Self { revision, overview: waterfall.overview(), waterfall }
    }

    /// Memory it takes; what is said of the whole is a few kilobytes whatever its size.
    pub fn bytes(&self) -> usize {
        self.waterfall.bytes()
    }
}
