//! What is worked out of the spans of a group, and in what unit.

use serde::{Deserialize, Serialize};

use super::Bound;
use crate::usd::UsdSum;

/// What is worked out of spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Figure {
    /// How many there are.
    Spans,
    /// How many traces they are of.
    Traces,
    /// How many of them failed.
    Errors,
    /// The failed ones among them, in millionths.
    ErrorRate,
    /// The sum of an amount; unknown where no span says it.
    Sum(Amount),
    /// The largest; likewise.
    Max(Amount),
    /// The mean of those that say it, rounded down.
    Mean(Amount),
    /// The duration that so many percents of them do not exceed.
    Percentile(u8),
}

/// The percentiles that are worked out.
pub const PERCENTILES: [u8; 4] = [50, 90, 95, 99];

/// What a span has so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Amount {
    /// Own cost in pico-dollars.
    Cost,
    /// Nanoseconds.
    Duration,
    /// Input tokens.
    TokensIn,
    /// Output tokens.
    TokensOut,
}

impl Amount {
    /// Every amount by its name.
    pub const ALL: [(&'static str, Self); 4] = [
        ("cost_usd", Self::Cost),
        ("duration", Self::Duration),
        ("tokens_in", Self::TokensIn),
        ("tokens_out", Self::TokensOut),
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, amount)| *amount == self).map_or("", |(name, _)| name)
    }

    pub(super) const fn unit(self) -> Unit {
        match self {
            Self::Cost => Unit::Usd,
            Self::Duration => Unit::Nanoseconds,
            Self::TokensIn | Self::TokensOut => Unit::Count,
        }
    }
}

/// What a figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Pico-dollars.
    Usd,
    /// Nanoseconds.
    Nanoseconds,
    /// Millionths of a whole.
    Rate,
    /// Anything counted.
    Count,
}

impl Figure {
    /// What it is measured in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Spans | Self::Traces | Self::Errors => Unit::Count,
            Self::ErrorRate => Unit::Rate,
            Self::Sum(amount) | Self::Max(amount) | Self::Mean(amount) => amount.unit(),
            Self::Percentile(_) => Unit::Nanoseconds,
        }
    }

    /// The amount of each span it is worked out of; `None` of a count.
    pub const fn amount(self) -> Option<Amount> {
        match self {
            Self::Spans | Self::Traces | Self::Errors | Self::ErrorRate => None,
            Self::Sum(amount) | Self::Max(amount) | Self::Mean(amount) => Some(amount),
            Self::Percentile(_) => Some(Amount::Duration),
        }
    }

    /// A figure as people see it: dollars, milliseconds, percents or a count.
    pub fn shown(self, value: f64) -> String {
        match self.unit() {
            // Twelve decimals are all a double of this size can mean.
            Unit::Usd => format!("${}", UsdSum::from_f64(value)),
            Unit::Nanoseconds => format!("{} ms", (value / 1e4).round() / 1e2),
            Unit::Rate => format!("{} %", (value * 1e4).round() / 1e2),
            Unit::Count => format!("{value}"),
        }
    }

    /// The limit of a bound, likewise.
    pub fn limit_shown(self, bound: Bound) -> String {
        self.shown(self.to_people(bound.limit.into()))
    }

    /// A figure in the unit people see it in: dollars, nanoseconds, a share of one or a count. For people only: it is compared
    /// before.
    pub fn to_people(self, value: i128) -> f64 {
        match self.unit() {
            Unit::Usd => value as f64 / 1e12,
            Unit::Rate => value as f64 / 1e6,
            Unit::Nanoseconds | Unit::Count => value as f64,
        }
    }

    /// Whether it is how many there are of something, which a threshold can be the limit of.
    pub const fn is_count(self) -> bool {
        matches!(self, Self::Spans | Self::Traces | Self::Errors)
    }
}
