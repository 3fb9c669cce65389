//! The language of alert queries.

use serde::{Deserialize, Serialize};

use crate::usd::Usd;

/// A parsed alert query.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Query {
    /// `traces without parent_id and not root`: spans whose parent never came.
    OrphanSpans,
    /// `spans without X attribute`: spans that lack an attribute; only `cost_usd` is kept as a count.
    SpansWithoutCost,
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
