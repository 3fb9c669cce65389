//! Queries about whoever spends: spend that is not as expected, and budgets.
//!
//! ```text
//! anomaly   = "anomaly(cost_usd)" "by" kind [">" excess] ["where" name {"and" name}]
//! kind      = "tenant" ["," "service"] | "capability" | "model" | "user"
//! excess    = dollars | percents | dollars "and" percents
//! budget    = "budget" ("spent" | "burn" ["(" ("1h" | "24h") ")"]) [(">" | ">=") limit] ["where" name {"and" name}]
//! limit     = percents of the budget, or a burn rate such as 6 or 14.4
//! name      = ("budget" | "tenant" | "service" | "capability" | "model" | "user" | ...) ("=" | "!=") value
//! ```
//!
//! Every series and every budget of every owner has an alert of its own. Without an excess or a limit these are the queries of what is
//! always looked for: what is odd by [`Sensitivity::default`], and what the budgets themselves say.

use serde::{Deserialize, Serialize};

use super::Comparison;
use super::spans::{Bound, Condition, facet_name};
use crate::anomaly::{Episode, Kind, Sensitivity};
use crate::usd::Usd;

mod parse;
mod print;

pub(super) use parse::{anomaly, budget};

/// The name of a budget, among those that conditions can be about.
pub const BUDGET: &str = "budget";

/// Spend that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpendQuery {
    /// Whose.
    pub kind: Kind,
    /// Dollars it has to be over what is expected; `None` is what is usual.
    pub excess: Option<Usd>,
    /// Percents of what is expected that it has to be over it; `None` is what is usual.
    pub excess_percent: Option<u32>,
    /// All of them hold for those whose spend counts.
    pub conditions: Vec<Condition>,
}

impl SpendQuery {
    /// What is always looked for.
    pub const fn usual(kind: Kind) -> Self {
        Self { kind, excess: None, excess_percent: None, conditions: Vec::new() }
    }

    /// From when on spend is odd by it.
    pub fn sensitivity(&self) -> Sensitivity {
        let usual = Sensitivity::default();
        Sensitivity {
            excess_usd: self.excess.map_or(usual.excess_usd, |usd| usd.to_f64()),
            excess_share: self.excess_percent.map_or(usual.excess_share, |percent| f64::from(percent) / 100.0),
            ..usual
        }
    }

    /// Whether a case has come to as much as it asks for, since it began.
    pub fn is_reached(&self, case: &Episode) -> bool {
        let Sensitivity { excess_usd, excess_share, .. } = self.sensitivity();
        case.excess() >= excess_usd && case.excess() >= excess_share * case.expected
    }
}

/// How budgets stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetQuery {
    /// What is looked at.
    pub figure: BudgetFigure,
    /// When it is too much, in percents or thousandths; `None` leaves that to the budgets.
    pub bound: Option<Bound>,
    /// All of them hold for a budget, and whose it is.
    pub conditions: Vec<Condition>,
}

impl BudgetQuery {
    /// What is always looked at.
    pub const fn usual(figure: BudgetFigure) -> Self {
        Self { figure, bound: None, conditions: Vec::new() }
    }

    /// The least figure that is too much.
    pub fn threshold(&self) -> Option<i64> {
        let Bound { op, limit } = self.bound?;
        Some(if op == Comparison::Greater { limit.saturating_add(1) } else { limit })
    }
}

/// A figure of a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum BudgetFigure {
    /// Percents that are spent.
    Spent,
    /// How many times as fast as would last for the period it was spent in an hour, in thousandths.
    BurnOfHour,
    /// The same of a day.
    BurnOfDay,
}

/// Whether conditions hold for whatever has these names. One about a name it does not have never does.
pub fn hold(conditions: &[Condition], names: &[(String, String)]) -> bool {
    conditions.iter().all(|condition| match condition {
        Condition::Is { facet, value, is_equal } => {
            let known = names.iter().find(|(name, _)| name == facet_name(facet));
            known.is_some_and(|(_, known)| (known == value) == *is_equal)
        }
        Condition::Missing(_) | Condition::Has { .. } | Condition::Number { .. } => false,
    })
}

#[cfg(test)]
mod tests;
