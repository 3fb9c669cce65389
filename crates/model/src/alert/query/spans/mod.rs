//! Figures of the spans that arrive in a window, by key: the general form of a query.
//!
//! ```text
//! spans     = figure ["by" (key {"," key} | "trace_id")] [comparison limit] ["where" condition {"and" condition}]
//! figure    = "count(spans)" | "count(traces)" | "count(errors)" | "error_rate"
//!           | "sum(" ("cost_usd" | "tokens_in" | "tokens_out") ")"
//!           | ("max" | "avg") "(" ("cost_usd" | "duration") ")" | ("p50" | "p90" | "p95" | "p99") "(duration)"
//! key       = "tenant" | "service" | "operation" | "capability" | "model" | "user" | ... | the name of an attribute
//! condition = "missing" name | name ("=" | "!=") value | name comparison number
//! ```
//!
//! Every combination of keys has an alert of its own. By `trace_id` it is traces that are counted. Without a comparison the figure
//! is a count, and the threshold of the rule is its limit. Conditions come last, so that a limit is never taken for part of one.

use serde::{Deserialize, Serialize};

use super::Comparison;
use crate::cost::{Dimension, Facet};

mod figure;
mod parse;
mod print;

pub use figure::{Amount, Figure, PERCENTILES, Unit};
pub(super) use parse::{conditions, missing_attribute, read_limit, spans};
pub(super) use print::{Limit, write_conditions};

/// Keys of one query: each combination of their values is a series of its own.
pub const KEYS_MAX: usize = 3;

/// Conditions of one query.
pub const CONDITIONS_MAX: usize = 10;

/// A figure of spans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanQuery {
    /// What is worked out of them.
    pub figure: Figure,
    /// What it is worked out for.
    pub by: By,
    /// When it is too much; `None` leaves that to the threshold of the rule, and the figure is a count.
    pub bound: Option<Bound>,
    /// All of them hold for a span that counts.
    pub conditions: Vec<Condition>,
}

/// What a figure is worked out for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// All spans together.
    All,
    /// Every trace; how many of them are beyond the bound is compared with the threshold of the rule.
    Trace,
    /// Every combination of what spans have of these.
    Keys(Vec<Facet>),
}

impl By {
    /// The keys, if there are any.
    pub fn keys(&self) -> &[Facet] {
        match self {
            Self::All | Self::Trace => &[],
            Self::Keys(keys) => keys,
        }
    }
}

/// A comparison with a limit in the figure's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bound {
    /// How they are compared.
    pub op: Comparison,
    /// With what: pico-dollars, nanoseconds, millionths of a rate, or a count.
    pub limit: i64,
}

impl Bound {
    /// Whether a figure is beyond it.
    pub fn holds(self, value: i128) -> bool {
        self.op.holds(&value, &self.limit.into())
    }

    /// Whether the smallest figure is the worst.
    pub const fn looks_for_small(self) -> bool {
        matches!(self.op, Comparison::Less | Comparison::LessOrEqual)
    }
}

/// What a span has to meet. One that says nothing of what is compared never does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Condition {
    /// It does not say this.
    Missing(Subject),
    /// It says exactly this, or anything else.
    Is {
        /// Of what.
        facet: Facet,
        /// What.
        value: String,
        /// Whether it is this, or another.
        is_equal: bool,
    },
    /// It has so much of it.
    Has {
        /// Of what.
        amount: Amount,
        /// How much.
        bound: Bound,
    },
    /// It says a number under this name, and that is so much.
    Number {
        /// Name of the attribute.
        name: String,
        /// How they are compared.
        op: Comparison,
        /// With what, as it was written: a number.
        limit: String,
    },
}

/// What may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Subject {
    /// A name.
    Facet(Facet),
    /// An amount.
    Amount(Amount),
}

/// What a word names: a dimension, or else an attribute. `name` is what spans call an operation.
fn facet(name: &str) -> Facet {
    match name {
        "name" => Facet::Attribute("operation".to_owned()),
        _ => Dimension::parse(name)
            .filter(|dimension| *dimension != Dimension::Total)
            .map_or_else(|| Facet::Attribute(name.to_owned()), Facet::Dimension),
    }
}

/// The word that names it.
pub fn facet_name(facet: &Facet) -> &str {
    match facet {
        Facet::Dimension(dimension) => dimension.as_str(),
        Facet::Attribute(name) => name,
    }
}

impl Condition {
    /// Whether it is about something that is only in what spans say, not in what is known of all of them.
    pub fn is_said(&self) -> bool {
        match self {
            Self::Missing(Subject::Facet(facet)) | Self::Is { facet, .. } => facet.is_said(),
            Self::Missing(Subject::Amount(_)) | Self::Has { .. } => false,
            Self::Number { .. } => true,
        }
    }
}

impl SpanQuery {
    /// Whether what spans say has to be read for it.
    pub fn is_said(&self) -> bool {
        self.conditions.iter().any(Condition::is_said) || self.by.keys().iter().any(Facet::is_said)
    }

    /// The same of one group alone: its keys are conditions.
    pub fn of_group(&self, labels: &[(String, String)]) -> Self {
        let By::Keys(keys) = &self.by else { return self.clone() };
        let condition = |key: &Facet| match labels.iter().find(|(name, _)| name == facet_name(key)) {
            Some((_, value)) => Condition::Is { facet: key.clone(), value: value.clone(), is_equal: true },
            None => Condition::Missing(Subject::Facet(key.clone())),
        };
        let conditions = self.conditions.iter().cloned().chain(keys.iter().map(condition)).collect();
        Self { by: By::All, conditions, ..self.clone() }
    }

    /// The alert of a group is one of its rule; of all spans together, or of traces, there is one.
    pub fn has_groups(&self) -> bool {
        !self.by.keys().is_empty()
    }
}

#[cfg(test)]
mod tests;
