//! What time a budget counts: days, weeks and months of the calendar in UTC, or the last so many seconds.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Months, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::time::TimeRange;

/// Shortest rolling window: totals are kept by the minute, and an hour has enough of them.
const WINDOW_SECONDS_MIN: i64 = 3_600;
/// Longest rolling window: a year, so that a look at it reads some thousand hours and not more.
const WINDOW_SECONDS_MAX: i64 = 366 * 86_400;

/// What time a budget counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Period {
    /// Midnight to midnight, UTC.
    Day,
    /// Monday to Monday.
    Week,
    /// First to first.
    Month,
    /// The last so many seconds.
    Rolling(i64),
}

/// A text that names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a period: day, week, month, or a rolling window between 1h and 366d such as rolling 24h or rolling 30d"
)]
pub struct PeriodError;

impl Period {
    /// The period `now` is in; a rolling one ends now.
    pub fn range(self, now: DateTime<Utc>) -> TimeRange {
        let today = now.date_naive();
        match self {
            Self::Day => days(today, TimeDelta::days(1)),
            Self::Week => {
                let since_monday = TimeDelta::days(i64::from(today.weekday().num_days_from_monday()));
                days(today.checked_sub_signed(since_monday).unwrap_or(today), TimeDelta::weeks(1))
            }
            Self::Month => {
                let first = today.with_day(1).unwrap_or(today);
                let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
                TimeRange { from: midnight(first), to: midnight(next) }
            }
            Self::Rolling(seconds) => TimeRange::last_seconds(seconds, now),
        }
    }
}

fn days(first: NaiveDate, length: TimeDelta) -> TimeRange {
    let next = first.checked_add_signed(length).unwrap_or(NaiveDate::MAX);
    TimeRange { from: midnight(first), to: midnight(next) }
}

const fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let text = text.trim();
        match text {
            "day" => return Ok(Self::Day),
            "week" => return Ok(Self::Week),
            "month" => return Ok(Self::Month),
            _ => {}
        }
        let window = text.strip_prefix("rolling").ok_or(PeriodError)?.trim();
        let unit = match window.chars().next_back() {
            Some('h') => 3_600,
            Some('d') => 86_400,
            _ => return Err(PeriodError),
        };
        // Both units are one byte.
        let count: i64 = window[..window.len() - 1].trim_end().parse().map_err(|_| PeriodError)?;
        let seconds = count.checked_mul(unit).ok_or(PeriodError)?;
        let fits = (WINDOW_SECONDS_MIN..=WINDOW_SECONDS_MAX).contains(&seconds);
        if fits { Ok(Self::Rolling(seconds)) } else { Err(PeriodError) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day => f.write_str("day"),
            Self::Week => f.write_str("week"),
            Self::Month => f.write_str("month"),
            Self::Rolling(seconds) if seconds % 86_400 == 0 => write!(f, "rolling {}d", seconds / 86_400),
            Self::Rolling(seconds) => write!(f, "rolling {}h", seconds / 3_600),
        }
    }
}
