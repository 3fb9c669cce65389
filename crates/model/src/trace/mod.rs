//! A trace as lists and pages show it.
//!
//! [`filter`] is what a list is asked for, [`TraceSummary`] one line of it, [`Skeleton`] what the waterfall is drawn from;
//! [`tree`] and [`waterfall`] compute, and draw nothing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::cost::{CostSource, Verdict};
use crate::dependency::Transport;
use crate::id::{SpanId, TraceId};
use crate::owner::Provenances;
use crate::space::Space;
use crate::span::{Category, SpanKind, Status};
use crate::time::UnixNanos;
use crate::usd::{Usd, UsdSum};

pub mod compare;
pub mod dialogue;
pub mod filter;
pub mod finalise;
pub mod find;
pub mod history;
pub mod linking;
pub mod settle;
pub mod tree;
pub mod waste;
pub mod waterfall;

/// One line of a list of traces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceSummary {
    /// Its id, as it was sent.
    pub trace_id: TraceId,
    /// The space the id is in: when it is not the shared one, that of `tenant`.
    pub space: Space,
    /// Service of the root span; `None` until the root has arrived.
    pub root_service: Option<String>,
    /// Operation of the root span; `None` until the root has arrived.
    pub root_operation: Option<String>,
    /// Who pays for most of it; `None` is unattributed.
    pub tenant: Option<String>,
    /// Start of the first span.
    pub start: UnixNanos,
    /// End of the last span minus start of the first, in nanoseconds.
    pub duration_ns: i64,
    /// Spans received.
    pub spans: i64,
    /// Failed spans.
    pub errors: i64,
    /// Spans whose cost is unknown.
    pub unpriced_spans: i64,
    /// Sum of the known costs; `None` when no span has one.
    pub cost: Option<Usd>,
    /// Input tokens.
    pub tokens_in: i64,
    /// Output tokens.
    pub tokens_out: i64,
    /// Miniature of the waterfall; empty until the trace has been finalised.
    pub shape: Vec<ShapeBar>,
    /// Own cost by service, dearest first; empty until the trace has been finalised.
    pub split: Vec<(String, Usd)>,
}

impl TraceSummary {
    /// The tenant in whose own space of ids it is; `None` in the shared one.
    pub fn own_space_of(&self) -> Option<&str> {
        self.tenant.as_deref().filter(|_| !self.space.is_shared())
    }
}

/// Which state of a trace something was made from: it changes with everything that changes its spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Revision {
    /// Raised by every batch of spans and every correction of prices.
    pub version: i32,
    /// The version that was summed up last, which corrects owners and what counts.
    pub finalised: i32,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TracePage {
    /// The lines.
    pub traces: Vec<TraceSummary>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<filter::Cursor>,
    /// Sums over everything that matches, not only this page.
    pub totals: TraceTotals,
    /// What could be narrowed to: value and count of matching traces, busiest first.
    pub facets: Facets,
}

/// Sums over all traces that match a filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct TraceTotals {
    /// Matching traces.
    pub traces: i64,
    /// Their cost.
    pub cost: UsdSum,
    /// Traces with a failed span.
    pub with_errors: i64,
    /// Median duration in nanoseconds.
    pub p50_ns: Option<i64>,
    /// 95th percentile of durations in nanoseconds.
    pub p95_ns: Option<i64>,
}

/// Values to narrow a list by, with the number of matching traces.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// Tenants; `None` is unattributed.
    pub tenants: Vec<(Option<String>, i64)>,
    /// Root services.
    pub services: Vec<(String, i64)>,
}

/// One owner's traces over a range, for the overview.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantLine {
    /// Who; `None` is unattributed.
    pub tenant: Option<String>,
    /// Spend.
    pub cost: UsdSum,
    /// Traces.
    pub traces: i64,
    /// Traces with a failed span.
    pub with_errors: i64,
    /// 95th percentile of trace durations in nanoseconds.
    pub p95_ns: Option<i64>,
}

/// One bar of the miniature, in thousandths of the trace's width.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapeBar {
    /// Service, for the colour.
    pub service: String,
    /// Row, 0 is the top; at most 2.
    pub row: u8,
    /// Left end, 0..=1000.
    pub left: u16,
    /// Width, 1..=1000.
    pub width: u16,
}

/// A span without its detail: all that the tree, the waterfall and the finaliser need.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Skeleton {
    /// Its id.
    pub span_id: SpanId,
    /// Its parent's id.
    pub parent_span_id: Option<SpanId>,
    /// Operation.
    pub name: String,
    /// Service.
    pub service: String,
    /// Role in the call.
    pub kind: SpanKind,
    /// Outcome.
    pub status: Status,
    /// Sort of work.
    pub category: Category,
    /// Start.
    pub start: UnixNanos,
    /// Duration in nanoseconds.
    pub duration_ns: i64,
    /// What counts of its cost; `None` is unknown.
    pub cost: Option<Usd>,
    /// Whether what it says is what counts.
    pub verdict: Verdict,
    /// What it says, when that is not what counts.
    pub claimed: Option<Usd>,
    /// How the cost came about.
    pub cost_source: CostSource,
    /// Who pays.
    pub tenant: Option<String>,
    /// On whose behalf.
    pub user: Option<String>,
    /// What for.
    pub capability: Option<String>,
    /// How these three are known.
    pub known: Provenances,
    /// Model that answered.
    pub model: Option<String>,
    /// The other side of a call.
    pub peer: Option<String>,
    /// Input tokens.
    pub tokens_in: Option<i64>,
    /// Output tokens.
    pub tokens_out: Option<i64>,
}

impl Skeleton {
    /// What the span says it costs, counted or not.
    pub const fn said(&self) -> Option<Usd> {
        match self.verdict {
            Verdict::Own => self.cost,
            _ => self.claimed,
        }
    }
}

/// What the finaliser learns from a whole trace; computed by [`finalise::finalise`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Finalised {
    /// The root span's service and operation: the earliest span without a parent, else the earliest whose parent never came.
    pub root: Option<(String, String)>,
    /// The tenant of the root, else of the earliest span that has one.
    pub tenant: Option<String>,
    /// Spans on the longest chain from a root down; a lone root is 1.
    pub max_depth: i32,
    /// Spans that name a parent which is not in the trace.
    pub orphans: i32,
    /// Calls between services, one entry per (parent, child, transport).
    pub edges: Vec<EdgeContribution>,
    /// The miniature.
    pub shape: Vec<ShapeBar>,
    /// Own cost by service, dearest first.
    pub split: Vec<(String, Usd)>,
}

/// What one trace adds to one edge of the dependency map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeContribution {
    /// The caller's name.
    pub parent: String,
    /// What the caller is.
    pub parent_kind: crate::dependency::NodeKind,
    /// The called's name.
    pub child: String,
    /// What the called is.
    pub child_kind: crate::dependency::NodeKind,
    /// How the call travels.
    pub transport: Transport,
    /// Calls.
    pub calls: i64,
    /// Failed calls.
    pub errors: i64,
    /// Durations of the called side, in nanoseconds, one per call.
    pub durations_ns: Vec<i64>,
    /// Cost of the called spans themselves.
    pub cost: UsdSum,
}

/// Everything about a trace but its spans: the head of the trace page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceHead {
    /// The line it has in lists.
    pub summary: TraceSummary,
    /// When its last span arrived, by the server's clock.
    pub last_seen: DateTime<Utc>,
    /// Total the sender declared: a check value, never summed.
    pub declared: Option<Usd>,
    /// Spans on the longest chain; `None` until finalised.
    pub max_depth: Option<i32>,
    /// Spans whose parent never came; `None` until finalised.
    pub orphans: Option<i32>,
    /// Spans of others, which this reader does not get to see.
    pub withheld: i64,
}
