//! Which span took a trace over the limit of one trace: the running sum of known costs in the order spans began.
//!
//! The order is that of the trace, not of arrival, so that the answer is the same for everybody who looks at the same spans.

use serde::{Deserialize, Serialize};

use crate::SpanId;
use crate::time::UnixNanos;
use crate::trace::Skeleton;
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

/// A trace that has cost more than one may, and the span that took it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Over {
    /// What one trace may cost.
    pub limit: Usd,
    /// What this one costs.
    pub total: UsdSum,
    /// Where it crossed the limit.
    pub crossing: Crossing,
}

impl Over {
    /// The trace of these spans, if it is over `limit`.
    pub fn of(spans: impl IntoIterator<Item = Spent>, limit: Usd) -> Option<Self> {
        let spans: Vec<Spent> = spans.into_iter().collect();
        let total = spans.iter().filter_map(|span| span.cost).sum();
        // Costs are never below zero, so who crossed the limit stays over it.
        crossing(spans, limit).map(|crossing| Self { limit, total, crossing })
    }

    /// By how much it is over.
    pub fn by(&self) -> UsdSum {
        self.total - self.limit.into()
    }
}

impl From<&Skeleton> for Spent {
    fn from(span: &Skeleton) -> Self {
        Self { span_id: span.span_id, start: span.start, cost: span.cost }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spent(number: u8, start: i64, cost: Option<i64>) -> Spent {
        let span_id = SpanId::from_bytes([number; 8]).expect("not zero");
        Spent { span_id, start: UnixNanos(start), cost: cost.map(Usd::from_pico) }
    }

    #[test]
    fn the_span_that_crossed_is_the_first_in_the_order_they_began_with_which_the_sum_is_more_than_the_limit() {
        let spans = [spent(3, 30, Some(5)), spent(1, 10, Some(6)), spent(2, 20, None), spent(4, 20, Some(4))];
        let over = Over::of(spans, Usd::from_pico(10)).expect("15 is more than 10");
        assert_eq!(over.crossing, Crossing { span_id: spent(3, 0, None).span_id, sum: UsdSum::from_pico(15) });
        assert_eq!((over.total, over.by()), (UsdSum::from_pico(15), UsdSum::from_pico(5)));
        assert_eq!(Over::of(spans, Usd::from_pico(15)), None, "as much as it may is not more");
    }

    proptest! {
        #[test]
        fn a_trace_is_over_exactly_when_its_total_is_and_the_order_of_arrival_does_not_matter(
            costs in prop::collection::vec((0i64..5, prop::option::of(0i64..10)), 1..12),
            limit in 0i64..40,
            turn in 0usize..12,
        ) {
            let mut spans: Vec<Spent> =
                costs.iter().zip(1..).map(|((start, cost), number)| spent(number, *start, *cost)).collect();
            let over = Over::of(spans.clone(), Usd::from_pico(limit));
            let total: i64 = costs.iter().filter_map(|(_, cost)| *cost).sum();
            prop_assert_eq!(over.is_some(), total > limit);
            if let Some(over) = over {
                prop_assert!(over.crossing.sum > over.limit.into() && over.crossing.sum <= over.total);
            }
            let turn = turn % spans.len();
            spans.rotate_left(turn);
            prop_assert_eq!(Over::of(spans, Usd::from_pico(limit)), over);
        }
    }
}
