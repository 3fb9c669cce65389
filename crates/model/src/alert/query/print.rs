//! Writing a query in its usual form.

use std::fmt;

use super::{Comparison, Measure, Query};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OrphanSpans => f.write_str("traces without parent_id and not root"),
            Self::SpansWithoutCost => f.write_str("spans without cost_usd attribute"),
            Self::Budget(query) => write!(f, "{query}"),
            Self::BooksDiffer => f.write_str("books differ"),
            Self::OddSpend(query) => write!(f, "{query}"),
            Self::TraceCost { op, limit } => write!(f, "sum(cost_usd) by trace_id {op} {limit}"),
            Self::Spans(query) => write!(f, "{query}"),
            Self::TraceMeasure { measure: Measure::DurationNs, op, limit } => {
                write!(f, "trace duration {op} ")?;
                duration(*limit, f)
            }
            Self::TraceMeasure { measure, op, limit } => {
                let word = match measure {
                    Measure::Depth => "depth",
                    Measure::DurationNs => "duration",
                    Measure::Spans => "spans",
                    Measure::Errors => "errors",
                };
                write!(f, "trace {word} {op} {limit}")
            }
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "=",
        })
    }
}

/// Whole hours, minutes, seconds and so on: the largest unit that leaves no fraction.
pub(super) fn duration(ns: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    const UNITS: [(&str, i64); 5] =
        [("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)];
    let unit = UNITS.into_iter().find(|(_, unit_ns)| ns != 0 && ns % unit_ns == 0);
    let (name, unit_ns) = unit.unwrap_or(("ns", 1));
    write!(f, "{}{name}", ns / unit_ns)
}
