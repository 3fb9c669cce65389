//! Whether every way of adding up the books gives the same figure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Dimension;
use super::drift::Drift;
use crate::usd::UsdSum;

/// The same money, added up in every way there is, at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The bill: sum of `cost_pico` over every span kept.
    pub total: UsdSum,
    /// The same money added up by each dimension, by `traces` and by `spans`: name and sum.
    pub by: Vec<(String, UsdSum)>,
    /// What nobody owns, of the dimensions that may have no owner.
    pub unattributed: Vec<(Dimension, UsdSum)>,
    /// Of the sums that differ from the spans: the first hour or day in which they do, where that can be told.
    pub off_since: Vec<(String, DateTime<Utc>)>,
    /// The spans day by day, as their sum was made, newest first.
    pub days: Vec<Day>,
    /// What is on its way.
    pub open: Open,
    /// Traces whose declared total differs from the sum of their spans by more than 0.001 USD, worst first.
    pub drift: Vec<Drift>,
}

/// What is on its way between the tables, or waits for a verdict. None of it is missing in a sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// Batches whose sums the roller has not merged yet.
    pub outbox_rows: i64,
    /// Traces that got spans since they were settled last.
    pub unsettled_traces: i64,
    /// When the newest span came, by the server's clock.
    pub last_seen: Option<DateTime<Utc>>,
}

/// The spans of the traces that began on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Its midnight, UTC.
    pub day: DateTime<Utc>,
    /// The spans themselves; `None` when there was no time to add them up.
    pub spans: Option<DaySum>,
    /// What their traces say.
    pub traces: DaySum,
    /// When the spans were added up, where that was not just now.
    pub summed_at: Option<DateTime<Utc>>,
}

/// Spans added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySum {
    /// How many.
    pub spans: i64,
    /// Those of them whose cost is not known.
    pub unknown: i64,
    /// Those of them whose verdict waits for their trace to be quiet; what traces do not tell is none.
    pub pending: i64,
    /// What is known of their cost.
    pub cost: UsdSum,
}

impl DaySum {
    /// Whether both say the same, as far as both can tell.
    pub fn agrees(&self, other: &Self) -> bool {
        (self.spans, self.unknown, self.cost) == (other.spans, other.unknown, other.cost)
    }
}

impl std::ops::AddAssign for DaySum {
    fn add_assign(&mut self, other: Self) {
        self.spans += other.spans;
        self.unknown += other.unknown;
        self.pending += other.pending;
        self.cost += other.cost;
    }
}

impl Balance {
    /// Whether all sums are equal to the last pico-dollar. Days that were not added up leave it open, which is no yes.
    pub fn is_balanced(&self) -> bool {
        self.is_complete() && self.by.iter().all(|(_, sum)| *sum == self.total)
    }

    /// Whether the spans of every day are in the sum.
    pub fn is_complete(&self) -> bool {
        self.days.iter().all(|day| day.spans.is_some())
    }

    /// The largest difference between a sum and the spans.
    pub fn worst(&self) -> UsdSum {
        let distance = |sum: &UsdSum| UsdSum::from_pico((*sum - self.total).pico().abs());
        self.by.iter().map(|(_, sum)| distance(sum)).max().unwrap_or_default()
    }

    /// All spans together.
    pub fn spans(&self) -> DaySum {
        let mut sum = DaySum::default();
        self.days.iter().filter_map(|day| day.spans).for_each(|day| sum += day);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_balance(by: &[i128], summed: bool) -> Balance {
        let cost = UsdSum::from_pico(7);
        let sum = DaySum { spans: 2, unknown: 1, pending: 1, cost };
        let day = Day { day: DateTime::UNIX_EPOCH, spans: summed.then_some(sum), traces: sum, summed_at: None };
        let by = by.iter().map(|pico| ("a".to_owned(), UsdSum::from_pico(*pico))).collect();
        Balance { total: cost, by, days: vec![day], ..Balance::default() }
    }

    #[test]
    fn books_balance_when_every_sum_is_that_of_all_spans() {
        assert!(a_balance(&[7, 7], true).is_balanced());
        assert!(!a_balance(&[7, 7], false).is_balanced(), "a day is missing");
        let off = a_balance(&[7, 4, 9], true);
        assert!(!off.is_balanced());
        assert_eq!((off.worst(), off.spans().pending), (UsdSum::from_pico(3), 1));
    }
}
