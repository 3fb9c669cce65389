//! Where a span stands among the earlier ones of its operation.

use serde::{Deserialize, Serialize};

use crate::usd::Usd;

/// Spans before that make a history: of fewer, a share says nothing.
pub const SPANS_MIN: usize = 20;

/// Spans before that are looked at, and how long ago they may be.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Days before the span.
    pub days: u64,
    /// The latest spans of the service among which its operation is looked for: about as many rows are read.
    pub spans: i64,
}

/// A week, as far as some thousand spans reach back.
pub const REACH: Reach = Reach { days: 7, spans: 5_000 };

/// An earlier span of the same operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earlier {
    /// How long it took, in nanoseconds.
    pub duration_ns: i64,
    /// Its own cost; `None` is unknown.
    pub cost: Option<Usd>,
}

/// Where a figure stands among earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Standing<T> {
    /// Share of the earlier ones that were less, 0 to 1.
    pub above: f64,
    /// Half of them were at most this.
    pub median: T,
    /// How many they are.
    pub of: usize,
}

/// What is known of a span by its history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Its duration among theirs, in nanoseconds.
    pub duration: Standing<i64>,
    /// Its own cost among those that are known; `None` when it has none, or too few of them have one.
    pub cost: Option<Standing<Usd>>,
    /// From the earliest of them to the span, in seconds.
    pub seconds: i64,
}

impl History {
    /// The history of a span; `None` when there are too few earlier ones.
    pub fn of(duration_ns: i64, cost: Option<Usd>, earlier: &[Earlier], seconds: i64) -> Option<Self> {
        let costs = earlier.iter().filter_map(|earlier| earlier.cost).collect();
        Some(Self {
            duration: standing(duration_ns, earlier.iter().map(|earlier| earlier.duration_ns).collect())?,
            cost: cost.and_then(|cost| standing(cost, costs)),
            seconds,
        })
    }
}

fn standing<T: Ord + Copy>(value: T, mut earlier: Vec<T>) -> Option<Standing<T>> {
    if earlier.len() < SPANS_MIN {
        return None;
    }
    earlier.sort_unstable();
    let less = earlier.partition_point(|other| *other < value);
    let (of, median) = (earlier.len(), *earlier.get((earlier.len() - 1) / 2)?);
    Some(Standing { above: less as f64 / of as f64, median, of })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn earlier(durations: impl IntoIterator<Item = i64>) -> Vec<Earlier> {
        durations.into_iter().map(|duration_ns| Earlier { duration_ns, cost: None }).collect()
    }

    #[test]
    fn a_span_stands_above_those_that_were_quicker() {
        let history = History::of(94, None, &earlier(1..=100), 60).unwrap();
        assert_eq!(history.duration, Standing { above: 0.93, median: 50, of: 100 });
        assert_eq!(history.cost, None);
    }

    #[test]
    fn equals_are_not_below_it() {
        let history = History::of(5, None, &earlier(vec![5; 40]), 60).unwrap();
        assert_eq!(history.duration, Standing { above: 0.0, median: 5, of: 40 });
    }

    #[test]
    fn a_few_spans_are_no_history() {
        assert_eq!(History::of(5, None, &earlier(1..20), 60), None);
        assert!(History::of(5, None, &earlier(1..=20), 60).is_some());
    }

    #[test]
    fn costs_are_compared_with_those_that_are_known() {
        let mut spans = earlier(1..=60);
        for (at, span) in spans.iter_mut().enumerate().skip(20) {
            span.cost = Some(Usd::from_pico(at as i64));
        }
        let cost = History::of(5, Some(Usd::from_pico(40)), &spans, 60).unwrap().cost.unwrap();
        assert_eq!((cost.above, cost.median, cost.of), (0.5, Usd::from_pico(39), 40));
        assert_eq!(History::of(5, Some(Usd::ZERO), &earlier(1..=60), 60).unwrap().cost, None);
    }
}
