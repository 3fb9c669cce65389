//! The language of alert queries.
//!
//! ```text
//! query      = orphans | missing | budget | books | anomaly | figure comparison limit
//! orphans    = ("traces" | "spans") "without" "parent_id" "and" "not" "root"
//! missing    = "spans" "without" "cost_usd" ["attribute"]
//! budget     = "budget" ("spent" | "burn")
//! books      = "books" "differ"
//! anomaly    = "anomaly(cost_usd)" "by" ("tenant" ["," "service"] | "capability" | "model" | "user")
//! figure     = "trace" ("cost" | "depth" | "duration" | "spans" | "errors")
//!            | "sum(cost_usd)" "by" "trace_id"   | "count(spans)" "by" "trace_id"
//!            | "count(errors)" "by" "trace_id"   | "max(depth)" "by" "trace_id"
//! comparison = ">" | ">=" | "<" | "<=" | "=" | "=="
//! limit      = dollars for cost, a duration such as 30s or 1.5ms for duration, else a whole number
//! ```
//!
//! Words may be in any case. A [`Query`] prints in its shortest usual form and reads back as itself. To add a query: a
//! variant here, a branch in [`parse`](self), a line in `print`, and what it observes in `store::alerts`.

mod parse;
mod print;

use serde::{Deserialize, Serialize};

pub use parse::QueryError;

use crate::anomaly::Kind;
use crate::usd::Usd;

/// A parsed alert query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Query {
    /// `traces without parent_id and not root`: spans whose parent never came.
    OrphanSpans,
    /// `spans without X attribute`: spans that lack an attribute; only `cost_usd` is kept as a count.
    SpansWithoutCost,
    /// `budget spent`: percents of a budget that are spent. Rules of this kind are made of budgets.
    BudgetSpent,
    /// `budget burn`: the burn rate of a budget in thousandths.
    BudgetBurn,
    /// `books differ`: sums of the same money that are not the same. The one rule of this kind is [`super::books`].
    BooksDiffer,
    /// `anomaly(cost_usd) by tenant`: spend far beyond what is expected ([`crate::anomaly`]). Rules of this kind are always there.
    OddSpend(Kind),
    /// `sum(cost_usd) by trace_id > 0.1`
    TraceCost {
        /// Comparison.
        op: Comparison,
        /// Limit.
        limit: Usd,
    },
    /// `trace depth > 50`, `trace duration > 30s`, ...
    TraceMeasure {
        /// What is measured.
        measure: Measure,
        /// Comparison.
        op: Comparison,
        /// Limit in the measure's own unit.
        limit: i64,
    },
}

impl Query {
    /// Whether its worst figure is one of dollars, so that it can be told how many more are too many.
    pub const fn is_in_dollars(&self) -> bool {
        matches!(self, Self::TraceCost { .. } | Self::BooksDiffer | Self::OddSpend(_))
    }
}

/// A figure of a whole trace. Durations are in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    /// Longest chain of parents.
    Depth,
    /// End of the last span minus start of the first, in nanoseconds.
    DurationNs,
    /// Spans.
    Spans,
    /// Failed spans.
    Errors,
}

/// How a figure is compared with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`
    Equal,
}

#[cfg(test)]
mod tests;
