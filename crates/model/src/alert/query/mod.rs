//! The language of alert queries.
//!
//! ```text
//! query      = orphans | missing | budget | books | anomaly | figure comparison limit | spans
//! orphans    = ("traces" | "spans") "without" "parent_id" "and" "not" "root"
//! missing    = "spans" "without" name ["attribute"]
//! books      = "books" "differ"
//! figure     = "trace" ("cost" | "depth" | "duration" | "spans" | "errors")
//!            | "sum(cost_usd)" "by" "trace_id"   | "count(spans)" "by" "trace_id"
//!            | "count(errors)" "by" "trace_id"   | "max(depth)" "by" "trace_id"
//! comparison = ">" | ">=" | "<" | "<=" | "=" | "=="
//! limit      = dollars for cost, a duration such as 30s or 1.5ms for duration, a rate such as 5% for a rate, else a whole number
//! ```
//!
//! What `spans` is says [`spans`]: figures of the spans in a window by any key and with any condition; what `budget` and `anomaly`
//! are, [`owners`].
//!
//! Words may be in any case. A [`Query`] prints in its shortest usual form and reads back as itself. To add a query: a
//! variant here, a branch in [`parse`](self), a line in `print`, and what it observes in `store::alerts`.

pub mod owners;
mod parse;
mod print;
pub mod spans;

use serde::{Deserialize, Serialize};

pub use parse::QueryError;

use self::owners::{BudgetQuery, SpendQuery};
use self::spans::{Bound, SpanQuery, Unit};
use crate::usd::Usd;

/// A parsed alert query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Query {
    /// `traces without parent_id and not root`: spans whose parent never came.
    OrphanSpans,
    /// `spans without cost_usd attribute`: spans whose cost is not known.
    SpansWithoutCost,
    /// `budget spent >= 90%`, `budget burn > 6`: how budgets stand. Those without a limit are made of budgets.
    Budget(BudgetQuery),
    /// `books differ`: sums of the same money that are not the same. The one rule of this kind is [`super::books`].
    BooksDiffer,
    /// `anomaly(cost_usd) by tenant > 5`: spend far beyond what is expected ([`crate::anomaly`]). What no rule asks about is looked for
    /// anyway.
    OddSpend(SpendQuery),
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
    /// `sum(cost_usd) by tenant > 10`, `error_rate by service > 5% where ...`: a figure of the spans in a window.
    Spans(SpanQuery),
}

impl Query {
    /// Whether its worst figure is one of dollars, so that it can be told how many more are too many.
    pub fn is_in_dollars(&self) -> bool {
        match self {
            Self::TraceCost { .. } | Self::BooksDiffer | Self::OddSpend(_) => true,
            Self::Spans(query) => query.bound.is_some() && query.figure.unit() == Unit::Usd,
            _ => false,
        }
    }

    /// What a figure is compared with; `None` where it is how many there are, or the figure is one of a whole trace.
    pub const fn bound(&self) -> Option<Bound> {
        match self {
            Self::Spans(query) if !matches!(query.by, spans::By::Trace) => query.bound,
            _ => None,
        }
    }

    /// A limit in the unit of its figure, as it stands in a query.
    pub fn limit(&self, text: &str) -> Result<i64, QueryError> {
        spans::read_limit(self.unit(), text)
    }

    /// As [`Self::limit`] reads it.
    pub fn limit_text(&self, limit: i64) -> String {
        spans::Limit(limit, self.unit()).to_string()
    }

    /// What its bound is in.
    fn unit(&self) -> Unit {
        match (self, self.bound()) {
            (Self::Spans(query), Some(_)) => query.figure.unit(),
            _ => Unit::Count,
        }
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

impl Comparison {
    /// Whether `left` and `right` compare so; values that do not compare never do.
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Equal => left == right,
        }
    }
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
