//! What the trace page asks of the server.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use model::trace::TraceHead;
use model::trace::waterfall::{Extent, Fold, MiniBar, Row, RunningTab};
use model::usd::{Usd, UsdSum};
use model::{Span, SpanId, TraceId};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

#[cfg(feature = "ssr")]
mod read;

/// A trace, ready to draw: everything about the whole, and a window of its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceView {
    /// The line it has in lists, and what is known beside its spans.
    pub head: TraceHead,
    /// Service and operation of the root; the earliest span stands in for a root that never came.
    pub root: Option<(String, String)>,
    /// The time it covers.
    pub extent: Extent,
    /// Its services, dearest first: the order in which they get their colours.
    pub services: Vec<String>,
    /// Own cost by service, dearest first.
    pub split: Vec<(String, Usd)>,
    /// Rows of the unfolded trace.
    pub rows_total: usize,
    /// Folded rows with the ids the URL knows them by.
    pub folded: Vec<(Fold, SpanId)>,
    /// Place, among the visible rows, of the first one in `window`.
    pub first: usize,
    /// The rows a browser shows first.
    pub window: RowWindow,
    /// Bars of the minimap.
    pub minimap: Vec<MiniBar>,
    /// What the trace has cost at each moment.
    pub tab: RunningTab,
    /// Rows of failed spans, as many as the keys can step through.
    pub failed_rows: Vec<usize>,
    /// The row with the highest own cost.
    pub dearest_row: Option<usize>,
    /// Sum of every span's own cost.
    pub own_cost: UsdSum,
    /// Sum of the subtree costs of the tops: the same, or the tree lost money.
    pub tops_cost: UsdSum,
    /// Spans whose parent never came.
    pub orphans: usize,
    /// Circles of parents that had to be cut.
    pub cut_circles: usize,
}

/// Some rows and the events that lie on their bars.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RowWindow {
    /// Rows, by index.
    pub rows: Vec<Row>,
    /// Events by span, for the spans among the rows that have any.
    pub events: Vec<(SpanId, Vec<EventMark>)>,
}

/// An event as a mark on a bar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventMark {
    /// Nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// What happened.
    pub name: String,
    /// It is an exception.
    pub is_exception: bool,
}

/// A trace with the first window of its rows: around the opened span if there is one, else from `at`.
#[server(input = Json)]
pub async fn load_trace(
    /// Which.
    trace_id: TraceId,
    /// Folded rows, as the URL has them.
    fold: String,
    /// The opened span.
    span: Option<SpanId>,
    /// Place of the first row.
    at: usize,
) -> Result<TraceView, ApiError> {
    read::trace(trace_id, &fold, span, at).await
}

/// Rows of a trace by index in the unfolded trace.
#[server(input = Json)]
pub async fn load_rows(
    /// Which trace.
    trace_id: TraceId,
    /// Index of the first row.
    first: usize,
    /// How many.
    count: usize,
) -> Result<RowWindow, ApiError> {
    read::rows(trace_id, first, count).await
}

/// One span with everything its client said.
#[server(input = Json)]
pub async fn load_span(
    /// Which trace.
    trace_id: TraceId,
    /// Which span.
    span_id: SpanId,
) -> Result<Span, ApiError> {
    let db = crate::context::db()?;
    store::spans::one(&db, trace_id, span_id).await?.ok_or_else(|| ApiError::NotFound("span".to_owned()))
}
