//! What the spend of a budget means: how much is left, which thresholds are crossed, how fast it burns.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Budget;
use crate::span::code_enum;
use crate::time::TimeRange;
use crate::usd::UsdSum;

/// Length of the window of the fast burn rate.
pub const FAST_SECONDS: i64 = 3_600;
/// Length of the window of the slow burn rate.
pub const SLOW_SECONDS: i64 = 86_400;

/// What was spent, by the time it is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spend {
    /// Within the period.
    pub period: UsdSum,
    /// Within the last [`FAST_SECONDS`].
    pub fast: UsdSum,
    /// Within the last [`SLOW_SECONDS`].
    pub slow: UsdSum,
}

code_enum! {
    /// How it stands with a budget.
    State {
        /// No threshold is crossed.
        Within = 0, "within";
        /// A threshold is crossed.
        Near = 1, "near";
        /// All of it is spent, or more.
        Over = 2, "over";
    }
}

/// A budget at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The period it is about.
    pub period: TimeRange,
    /// What was spent in it.
    pub spent: UsdSum,
    /// What is left of the limit; below zero when more was spent.
    pub remaining: UsdSum,
    /// Part of the limit that is spent, in millionths, rounded down: it says 1,000,000 only when all of it is.
    pub used_millionths: i64,
    /// Every threshold in percent with whether it is crossed, ascending.
    pub thresholds: Vec<(u16, bool)>,
    /// Burn rate over the last hour, in thousandths.
    pub burn_fast: i64,
    /// Burn rate over the last day, in thousandths; `None` when the period is no longer than that.
    pub burn_slow: Option<i64>,
    /// How it stands.
    pub state: State,
}

impl Standing {
    /// How `budget` stands at `now` with this spend.
    pub fn new(budget: &Budget, spend: Spend, now: DateTime<Utc>) -> Self {
        let period = budget.period.range(now);
        let limit = UsdSum::from(budget.limit);
        let thresholds: Vec<(u16, bool)> = budget
            .thresholds
            .iter()
            .map(|percent| (*percent, reaches(spend.period, i128::from(*percent), limit)))
            .collect();
        let state = if spend.period >= limit {
            State::Over
        } else if thresholds.iter().any(|(_, crossed)| *crossed) {
            State::Near
        } else {
            State::Within
        };
        Self {
            period,
            spent: spend.period,
            remaining: limit - spend.period,
            used_millionths: ratio(spend.period, limit, 1_000_000),
            thresholds,
            burn_fast: burn_rate(spend.fast, FAST_SECONDS, limit, period.seconds()),
            burn_slow: (period.seconds() > SLOW_SECONDS)
                .then(|| burn_rate(spend.slow, SLOW_SECONDS, limit, period.seconds())),
            state,
        }
    }

    /// Whole percents of the limit that are spent, rounded down.
    pub const fn used_percent(&self) -> i64 {
        self.used_millionths.div_euclid(10_000)
    }
}

/// Whether `spent` is at least so many percent of `limit`; compared in whole pico-dollars, never divided.
fn reaches(spent: UsdSum, percent: i128, limit: UsdSum) -> bool {
    spent.pico().saturating_mul(100) >= limit.pico().saturating_mul(percent)
}

/// `spent` within `window_seconds` against what may be spent in them when the limit is to last for the period, in thousandths.
fn burn_rate(spent: UsdSum, window_seconds: i64, limit: UsdSum, period_seconds: i64) -> i64 {
    let evenly = UsdSum::from_pico(limit.pico().saturating_mul(i128::from(window_seconds)));
    ratio(UsdSum::from_pico(spent.pico().saturating_mul(i128::from(period_seconds))), evenly, 1_000)
}

/// `part` of `whole` in so many parts, rounded down. A whole of nothing has no parts: rules refuse it as a limit.
fn ratio(part: UsdSum, whole: UsdSum, parts: i128) -> i64 {
    let ratio = part.pico().saturating_mul(parts).checked_div_euclid(whole.pico()).unwrap_or_default();
    i64::try_from(ratio).unwrap_or(if ratio < 0 { i64::MIN } else { i64::MAX })
}
