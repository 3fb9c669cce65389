//! What a list of traces is asked for, as data and as the query string of a URL.
//!
//! [`query`] reads and writes the query string; `q` holds free text of the same language (`text`), so that
//! `?service=shop`, `?q=service:shop` and typing `service:shop` mean one thing.

use serde::{Deserialize, Serialize};

use crate::cost::Dimension;
use crate::id::TraceId;
use crate::space::Space;
use crate::span::DataTag;
use crate::time::TimeRange;
use crate::trace::TraceSummary;
use crate::usd::Usd;

pub mod duration;
pub mod query;
mod text;

pub use query::FilterError;

/// Most lines a page may have: keeps one answer under about 100 kB.
pub const PAGE_TRACES_MAX: u32 = 200;

/// Which traces, in which order, from where on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceFilter {
    /// Start of the trace lies in this range.
    pub range: TimeRange,
    /// Some span is of one of these services; empty is any.
    pub services: Vec<String>,
    /// Some span is of this operation.
    pub operation: Option<String>,
    /// Some span belongs to one of these tenants; empty is any.
    pub tenants: Vec<String>,
    /// Some span is on behalf of this user.
    pub user: Option<String>,
    /// Some span called this model.
    pub model: Option<String>,
    /// Some span is of this capability.
    pub capability: Option<String>,
    /// Some span is of this data class.
    pub data_tag: Option<DataTag>,
    /// Some span that cost something has no owner of this kind: its money is unattributed there.
    pub without: Option<Dimension>,
    /// Only traces with a span whose cost is not known.
    pub unpriced: bool,
    /// Only traces with (or without) a failed span.
    pub has_errors: Option<bool>,
    /// At least this long, in nanoseconds.
    pub min_duration_ns: Option<i64>,
    /// At most this long, in nanoseconds.
    pub max_duration_ns: Option<i64>,
    /// At least this dear.
    pub min_cost: Option<Usd>,
    /// At most this dear.
    pub max_cost: Option<Usd>,
    /// Order of the list.
    pub order: Order,
    /// Lines per page, at most [`PAGE_TRACES_MAX`].
    pub limit: u32,
    /// Where the page begins; `None` is the top.
    pub cursor: Option<Cursor>,
}

/// Order of a list; always descending, ties by trace id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Newest first.
    #[default]
    Start,
    /// Slowest first.
    Duration,
    /// Dearest first.
    Cost,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 3] = [Self::Start, Self::Duration, Self::Cost];

    /// The word used in URLs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Duration => "duration",
            Self::Cost => "cost",
        }
    }
}

/// The last line of the page before: its figure in the order (start or duration in nanoseconds, cost in pico-dollars) and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Figure the list is ordered by.
    pub at: i64,
    /// Trace id as it was sent, which breaks ties.
    pub trace_id: TraceId,
    /// The space that id is in.
    pub space: Space,
}

impl TraceFilter {
    /// Every trace in `range`, newest first, fifty lines.
    pub const fn all(range: TimeRange) -> Self {
        Self {
            range,
            services: Vec::new(),
            operation: None,
            tenants: Vec::new(),
            user: None,
            model: None,
            capability: None,
            data_tag: None,
            without: None,
            unpriced: false,
            has_errors: None,
            min_duration_ns: None,
            max_duration_ns: None,
            min_cost: None,
            max_cost: None,
            order: Order::Start,
            limit: 50,
            cursor: None,
        }
    }

    /// The cursor that continues after this line.
    pub fn cursor_after(&self, line: &TraceSummary) -> Cursor {
        let at = match self.order {
            Order::Start => line.start.0,
            Order::Duration => line.duration_ns,
            Order::Cost => line.cost.map_or(0, Usd::pico),
        };
        Cursor { at, trace_id: line.trace_id, space: line.space }
    }
}
