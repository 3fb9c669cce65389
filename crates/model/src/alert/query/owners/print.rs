//! Such a query as text that reads back to the same query.

use std::fmt;

use super::{BudgetFigure, BudgetQuery, SpendQuery};
use crate::alert::query::spans::write_conditions;

impl fmt::Display for SpendQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "anomaly(cost_usd) by {}", self.kind.as_str())?;
        match (self.excess, self.excess_percent) {
            (Some(usd), Some(percent)) => write!(f, " > {usd} and {percent}%")?,
            (Some(usd), None) => write!(f, " > {usd}")?,
            (None, Some(percent)) => write!(f, " > {percent}%")?,
            (None, None) => {}
        }
        write_conditions(f, &self.conditions)
    }
}

impl fmt::Display for BudgetQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.figure {
            BudgetFigure::Spent => "budget spent",
            BudgetFigure::BurnOfHour => "budget burn",
            BudgetFigure::BurnOfDay => "budget burn(24h)",
        })?;
        match (self.bound, self.figure) {
            (Some(bound), BudgetFigure::Spent) => write!(f, " {} {}%", bound.op, bound.limit)?,
            (Some(bound), _) => write!(f, " {} {}", bound.op, Thousandths(bound.limit))?,
            (None, _) => {}
        }
        write_conditions(f, &self.conditions)
    }
}

/// As few decimals as it takes.
struct Thousandths(i64);

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = format!(".{:03}", self.0 % 1_000);
        write!(f, "{}{}", self.0 / 1_000, decimals.trim_end_matches('0').trim_end_matches('.'))
    }
}
