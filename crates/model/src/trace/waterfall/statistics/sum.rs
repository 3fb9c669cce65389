//! What spans add up to.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Calls, Column};
use crate::id::SpanId;
use crate::trace::waterfall::Waterfall;
use crate::usd::UsdSum;

/// What spans add up to. Times are nanoseconds; unknown is `None`, never zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistic {
    /// Spans.
    pub spans: usize,
    /// Failed ones.
    pub failed: usize,
    /// Time in which no child was running.
    pub self_ns: i128,
    /// Sum of durations.
    pub total_ns: i128,
    /// Median duration, the lower of two.
    pub p50_ns: i64,
    /// Duration that 95 of 100 do not exceed, by nearest rank.
    pub p95_ns: i64,
    /// Longest duration.
    pub max_ns: i64,
    /// Own cost; `None` when not one is known.
    pub cost: Option<UsdSum>,
    /// Spans without a known cost: above zero, the cost is a lower bound.
    pub unpriced: usize,
    /// Tokens in; `None` when nobody told any.
    pub tokens_in: Option<i64>,
    /// Tokens out.
    pub tokens_out: Option<i64>,
    /// One of its spans, by which the group is found again: that with the longest duration.
    pub longest: Option<SpanId>,
    /// The span with the highest own cost above zero.
    pub dearest: Option<SpanId>,
}

impl Waterfall {
    /// What these spans add up to.
    pub(in crate::trace::waterfall) fn statistic(&self, spans: &[u32], calls: &Calls) -> Statistic {
        let mut sum = Statistic { spans: spans.len(), ..Statistic::default() };
        let mut durations: Vec<i64> = Vec::with_capacity(spans.len());
        for &span in spans {
            durations.push(self.spans.duration(span));
            sum.failed += usize::from(self.spans.has_failed(span));
            sum.self_ns += i128::from(self.self_ns[span as usize]);
            match self.spans.cost(span) {
                Some(cost) => sum.cost = Some(sum.cost.unwrap_or_default() + cost.into()),
                None => sum.unpriced += 1,
            }
            if let Some(call) = calls.of(self.spans.span_id(span)) {
                sum.tokens_in = added(sum.tokens_in, call.tokens_in.map(i64::from));
                sum.tokens_out = added(sum.tokens_out, call.tokens_out.map(i64::from));
            }
        }
        sum.total_ns = durations.iter().copied().map(i128::from).sum();
        durations.sort_unstable();
        sum.p50_ns = percentile(&durations, 50);
        sum.p95_ns = percentile(&durations, 95);
        sum.max_ns = percentile(&durations, 100);
        // Of equals the one that began first, so that the same trace always names the same span.
        let first = |span: &u32| Reverse((self.spans.start(*span), self.spans.span_id(*span)));
        let longest = spans.iter().max_by_key(|&span| (self.spans.duration(*span), first(span)));
        sum.longest = longest.map(|&span| self.spans.span_id(span));
        let dear = spans.iter().filter(|&&span| self.spans.cost(span).is_some_and(|cost| cost.pico() > 0));
        let dearest = dear.max_by_key(|&span| (self.spans.cost(*span), first(span)));
        sum.dearest = dearest.map(|&span| self.spans.span_id(span));
        sum
    }
}

impl Statistic {
    /// What a column shows; unknown comes after everything known.
    pub(super) fn figure(&self, column: Column) -> Option<i128> {
        match column {
            Column::Name => None,
            Column::Spans => Some(self.spans as i128),
            Column::Failed => Some(self.failed as i128),
            Column::SelfTime => Some(self.self_ns),
            Column::Total => Some(self.total_ns),
            Column::P50 => Some(self.p50_ns.into()),
            Column::P95 => Some(self.p95_ns.into()),
            Column::Max => Some(self.max_ns.into()),
            Column::Cost => self.cost.map(UsdSum::pico),
            Column::Tokens => added(self.tokens_in, self.tokens_out).map(i128::from),
            Column::Unpriced => Some(self.unpriced as i128),
        }
    }
}

/// The sum of what is known.
fn added(left: Option<i64>, right: Option<i64>) -> Option<i64> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.saturating_add(right)),
        (known, None) | (None, known) => known,
    }
}

/// The smallest of these sorted figures that `percent` of 100 do not exceed; 0 of none.
fn percentile(sorted: &[i64], percent: usize) -> i64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}
