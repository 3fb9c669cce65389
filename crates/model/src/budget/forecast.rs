//! Where the spend of a budget will probably be at the end of its period, or in words why nobody can say.
//!
//! A forecast is an estimate and the only figure of money that is made with floating point ([`super::estimate`], on the server
//! alone). What comes in and what goes out are whole pico-dollars, and it is never below what is spent already.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Period;
use crate::span::code_enum;
use crate::usd::UsdSum;

/// Hours of spend it takes: a day, so that no night is taken for the day or the other way round.
pub const HOURS_MIN: usize = 24;

/// Days that are looked back: five weeks, so that each hour of the week was there five times; what was before says little.
pub const DAYS_MAX: i64 = 35;

/// Forecasts of a budget of each of them: for those that spent most. Each reads five weeks of hours.
pub const OWNERS_MAX: usize = 50;

code_enum! {
    /// What the estimate knows to come back.
    Season {
        /// Nothing: it goes on at the level of the last days.
        Flat = 0, "no season";
        /// The hours of a day.
        Day = 1, "seasonal by day";
        /// The hours of a day and of a week.
        Week = 2, "seasonal by week";
    }
}

/// What will probably be spent by the end of the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// The end of the period it is about.
    pub by: DateTime<Utc>,
    /// What is expected.
    pub expected: UsdSum,
    /// One time in ten it is less.
    pub low: UsdSum,
    /// One time in ten it is more.
    pub high: UsdSum,
    /// Hours of spend it was made of.
    pub history_hours: i64,
    /// What comes back in it.
    pub season: Season,
}

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unforeseen {
    /// It is being made.
    NotYet,
    /// A rolling window has no end.
    Rolling,
    /// So many hours of spend are too few.
    Short(i64),
    /// Nothing was spent that it could be made of.
    Nothing,
    /// Others of the same rule spent more.
    Lesser,
}

/// What is known of the end of a budget's period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outlook {
    /// Where it will probably be.
    Expected(Forecast),
    /// Nobody can say, and why.
    Unknown(Unforeseen),
}

impl Outlook {
    /// What is known of a budget of this period before a forecast was made.
    pub const fn before(period: Period) -> Self {
        match period {
            Period::Rolling(_) => Self::Unknown(Unforeseen::Rolling),
            Period::Day | Period::Week | Period::Month => Self::Unknown(Unforeseen::NotYet),
        }
    }

    /// The same of whom nothing was ever spent for: there is nothing it could be made of.
    #[must_use]
    pub const fn unspent(self) -> Self {
        match self {
            Self::Unknown(Unforeseen::NotYet) => Self::Unknown(Unforeseen::Nothing),
            other => other,
        }
    }

    /// The forecast, if there is one.
    pub const fn forecast(&self) -> Option<&Forecast> {
        match self {
            Self::Expected(forecast) => Some(forecast),
            Self::Unknown(_) => None,
        }
    }

    /// Why there is none.
    pub const fn unforeseen(&self) -> Option<Unforeseen> {
        match self {
            Self::Expected(_) => None,
            Self::Unknown(why) => Some(*why),
        }
    }

    /// The same now that so much more is spent: as much is still to come, until it is looked at anew.
    #[must_use]
    pub fn after(self, more: UsdSum) -> Self {
        match self {
            Self::Expected(forecast) => Self::Expected(Forecast {
                expected: forecast.expected + more,
                low: forecast.low + more,
                high: forecast.high + more,
                ..forecast
            }),
            Self::Unknown(why) => Self::Unknown(why),
        }
    }

    /// Whether it says something else than before: another reason, or an amount that is another by a fiftieth.
    pub fn is_news(&self, before: &Self) -> bool {
        match (self.forecast(), before.forecast()) {
            (Some(now), Some(before)) => {
                let moved = (now.expected - before.expected).pico().saturating_abs();
                moved.saturating_mul(50) > before.expected.pico() || now.season != before.season
            }
            _ => self.unforeseen() != before.unforeseen(),
        }
    }

    /// The same now that `spent` is spent of the period that ends at `by`: a forecast of another period is none of this one.
    #[must_use]
    pub fn seen_from(self, spent: UsdSum, by: DateTime<Utc>) -> Self {
        match self {
            Self::Expected(forecast) if forecast.by == by => Self::Expected(forecast.at_least(spent)),
            Self::Expected(_) => Self::Unknown(Unforeseen::NotYet),
            Self::Unknown(why) => Self::Unknown(why),
        }
    }
}

impl Forecast {
    /// The same with nothing below what is spent already.
    fn at_least(self, spent: UsdSum) -> Self {
        Self { expected: self.expected.max(spent), low: self.low.max(spent), high: self.high.max(spent), ..self }
    }

    /// What it was made of: `21 days of hourly spend`.
    pub fn history(&self) -> String {
        match self.history_hours {
            hours @ ..48 => format!("{hours} hours of spend"),
            hours => format!("{} days of hourly spend", hours / 24),
        }
    }
}

/// In words, to stand on its own.
impl fmt::Display for Unforeseen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet => f.write_str("the forecast is being made"),
            Self::Rolling => f.write_str("no forecast: a rolling window has no end"),
            Self::Short(hours) => {
                write!(f, "no forecast: it takes {HOURS_MIN} whole hours of spend, and there are {hours} so far")
            }
            Self::Nothing => write!(f, "no forecast: nothing was spent in the last {DAYS_MAX} days"),
            Self::Lesser => write!(f, "no forecast: of each of them, those {OWNERS_MAX} that spent most have one"),
        }
    }
}
