//! The sums of a group's spans, and the figures that are worked out of them as PostgreSQL would.

use model::alert::query::spans::{Amount, Figure};
use sqlx::FromRow;

/// The amounts of a span, as far as it says them.
#[derive(FromRow)]
pub(super) struct Amounts {
    cost: Option<i64>,
    pub(super) duration: i64,
    tokens_in: Option<i32>,
    tokens_out: Option<i32>,
}

impl Amounts {
    /// One of them.
    pub(super) fn of(&self, amount: Amount) -> Option<i128> {
        match amount {
            Amount::Cost => self.cost.map(i128::from),
            Amount::Duration => Some(self.duration.into()),
            Amount::TokensIn => self.tokens_in.map(i128::from),
            Amount::TokensOut => self.tokens_out.map(i128::from),
        }
    }
}

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
    pub(super) fn add(&mut self, figure: Figure, is_error: bool, amounts: &Amounts) {
        self.spans += 1;
        self.errors += i128::from(is_error);
        if let Figure::Sum(asked) | Figure::Max(asked) | Figure::Mean(asked) = figure
            && let Some(amount) = amounts.of(asked)
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
