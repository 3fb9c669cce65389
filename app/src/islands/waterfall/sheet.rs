//! What the waterfall is drawn from, as it travels in the page.

use model::budget::crossing::Over;
use model::trace::waterfall::{Extent, Folds, Found, Gutter, Row, RowKind, RowWindow, RunningTab};
use model::{TraceId, UsdSum};
use serde::{Deserialize, Serialize};

use super::limit::OverLimit;

/// A trace laid out: everything the rows need to know about the whole, and a window of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sheet {
    /// Which trace.
    pub trace_id: TraceId,
    /// The time it covers.
    pub extent: Extent,
    /// Its services, dearest first, as many as have a colour: the order in which they get them.
    pub services: Vec<String>,
    /// Its spans.
    pub spans: i64,
    /// Spans that have a row; fewer than all when there are more than can be laid out.
    pub laid_out: usize,
    /// Spans without a known cost, beside others with one.
    pub unpriced: i64,
    /// Rows of the unfolded trace.
    pub rows_total: usize,
    /// Folded rows.
    pub folds: Folds,
    /// Place, among the visible rows, of the first one in `window`.
    pub first: usize,
    /// The rows a browser shows first.
    pub window: RowWindow,
    /// Calls of models in it.
    pub model_calls: usize,
    /// Rows of failed spans, as many as the keys can step through.
    pub failed_rows: Vec<usize>,
    /// Rows on the critical path, as many as the keys can step through.
    pub critical_rows: Vec<usize>,
    /// The row with the highest own cost.
    pub dearest_row: Option<usize>,
    /// All rows beside each other.
    pub gutter: Gutter,
    /// What the trace has cost at each moment.
    pub tab: RunningTab,
    /// What was spent in the part of the time that the address names.
    pub spent_within: Option<UsdSum>,
    /// What the find of the address comes to, or what is wrong with it.
    pub found: Option<Result<Found, String>>,
    /// The row the page was opened for: of the opened span, else the first that was found.
    pub shown_row: Option<usize>,
    /// Sum of every span's own cost.
    pub own_cost: UsdSum,
    /// By how much the subtree costs of the tops differ from it: anything but zero means the tree lost money.
    pub drift: UsdSum,
    /// What is over the limit of one trace, if it is.
    pub over: Option<OverLimit>,
}

/// What the drawer of a span says that only its place in the trace tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SpanPlace {
    /// Slot of the colour of its service.
    pub slot: u8,
    /// Time in which no child was running, in nanoseconds; `None` when its row is not known.
    pub self_ns: Option<i64>,
    /// Cost of the span and everything below; `None` when unknown.
    pub subtree: Option<UsdSum>,
    /// When the trace began by the clock of the span, in nanoseconds since 1970.
    pub trace_start_ns: i64,
    /// What the whole trace cost.
    pub trace_cost: UsdSum,
    /// By how much the trace is over its limit, when it is this span that crossed it.
    pub over: Option<Over>,
}

impl SpanPlace {
    /// The place of a span with this row, or of one whose row is not here.
    pub fn of(row: Option<&Row>, slot: u8, extent: Extent, trace_cost: UsdSum) -> Self {
        let self_ns = row.and_then(|row| match &row.kind {
            RowKind::Span(span) => Some(span.self_ns),
            RowKind::MissingParent(_) | RowKind::Similar(_) => None,
        });
        let subtree = row.and_then(|row| row.subtree_cost);
        let trace_start_ns = extent.start_ns.saturating_sub(row.map_or(0, Row::shifted_ns));
        Self { slot, self_ns, subtree, trace_start_ns, trace_cost, over: None }
    }
}
