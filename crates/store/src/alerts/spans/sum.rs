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
    pub(super) fn of(&self, amount: Amount) -> Option<i64> {
        match amount {
            Amount::Cost => self.cost,
            Amount::Duration => Some(self.duration),
            Amount::TokensIn => self.tokens_in.map(i64::from),
            Amount::TokensOut => self.tokens_out.map(i64::from),
        }
    }
}

/// What is known of the spans of a group.
#[derive(Default)]
pub(super) struct Sum {
    spans: i64,
    errors: i64,
    /// Those that say the amount that is asked for, their sum and the largest.
    said: i64,
    sum: i128,
    max: Option<i64>,
}

impl Sum {
    /// Adds a span, with the amount that is asked for as far as it says it.
    pub(super) fn add(&mut self, is_error: bool, amount: Option<i64>) {
        self.spans += 1;
        self.errors += i64::from(is_error);
        if let Some(amount) = amount {
            self.said += 1;
            self.sum += i128::from(amount);
            self.max = self.max.max(Some(amount));
        }
    }

    /// The figure; `None` where nothing says it, and of those that need more than sums.
    pub(super) fn value(&self, figure: Figure) -> Option<i128> {
        match figure {
            Figure::Spans => Some(self.spans.into()),
            Figure::Errors => Some(self.errors.into()),
            Figure::ErrorRate => (i128::from(self.errors) * 1_000_000).checked_div(self.spans.into()),
            Figure::Sum(_) => (self.said > 0).then_some(self.sum),
            Figure::Max(_) => self.max.map(i128::from),
            Figure::Mean(_) => self.sum.checked_div(self.said.into()),
            Figure::Traces | Figure::Percentile(_) => None,
        }
    }
}
