//! The sums of a group's spans, and the figures that are worked out of them as PostgreSQL would.

use model::alert::query::spans::{Amount, Figure};

/// What is known of the spans of a group.
#[derive(Default)]
pub(super) struct Sum {
    spans: i128,
    errors: i128,
    /// Those that say the amount that is asked for, their sum and the largest.
    said: i128,
    sum: i128,
    max: Option<i128>,
}

impl Sum {
    /// Adds a span.
    pub(super) fn add(&mut self, figure: Figure, is_error: bool, amount: impl Fn(Amount) -> Option<i128>) {
        self.spans += 1;
        self.errors += i128::from(is_error);
        if let Figure::Sum(asked) | Figure::Max(asked) | Figure::Mean(asked) = figure
            && let Some(amount) = amount(asked)
        {
            self.said += 1;
            self.sum += amount;
            self.max = self.max.max(Some(amount));
        }
    }

    /// The figure; `None` where nothing says it, and of those that need more than sums.
    pub(super) fn value(&self, figure: Figure) -> Option<i128> {
        match figure {
            Figure::Spans => Some(self.spans),
            Figure::Errors => Some(self.errors),
            Figure::ErrorRate => (self.errors * 1_000_000).checked_div(self.spans),
            Figure::Sum(_) => (self.said > 0).then_some(self.sum),
            Figure::Max(_) => self.max,
            Figure::Mean(_) => self.sum.checked_div(self.said),
            Figure::Traces | Figure::Percentile(_) => None,
        }
    }
}
