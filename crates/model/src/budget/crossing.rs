//! Which span took a trace over the limit of one trace: the running sum of known costs in the order spans began.
//!
//! The order is that of the trace, not of arrival, so that the answer is the same for everybody who looks at the same spans.

use serde::{Deserialize, Serialize};

use crate::SpanId;
use crate::time::UnixNanos;
use crate::usd::{Usd, UsdSum};

/// What is needed of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Which span.
    pub span_id: SpanId,
    /// When it began.
    pub start: UnixNanos,
    /// What it cost; unknown adds nothing.
    pub cost: Option<Usd>,
}

/// The span with which a trace went over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    /// Which span.
    pub span_id: SpanId,
    /// What the trace had cost with it.
    pub sum: UsdSum,
}

/// The first span with which the running sum is more than `limit`; spans that began together go by their id.
pub fn crossing(spans: impl IntoIterator<Item = Spent>, limit: Usd) -> Option<Crossing> {
    let mut priced: Vec<(UnixNanos, SpanId, Usd)> =
        spans.into_iter().filter_map(|span| Some((span.start, span.span_id, span.cost?))).collect();
    priced.sort_unstable();
    let mut sum = UsdSum::ZERO;
    priced.into_iter().find_map(|(_, span_id, cost)| {
        sum += cost.into();
        (sum > limit.into()).then_some(Crossing { span_id, sum })
    })
}
