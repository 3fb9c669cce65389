//! Points and ranges of time as arguments: nothing here reads a clock.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A point in time: nanoseconds since the Unix epoch, the precision OTLP sends. Reaches to the year 2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixNanos(pub i64);

impl UnixNanos {
    /// The same point as a calendar time, nanoseconds kept.
    pub const fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_nanos(self.0)
    }

    /// The point in time of a calendar time; times outside 1677..2262 are clamped to the nearest end.
    pub fn from_datetime(time: DateTime<Utc>) -> Self {
        let end = if time.timestamp() < 0 { i64::MIN } else { i64::MAX };
        Self(time.timestamp_nanos_opt().unwrap_or(end))
    }
}

/// A half-open range of time: `from` is in it, `to` is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// First moment in the range.
    pub from: DateTime<Utc>,
    /// First moment after the range.
    pub to: DateTime<Utc>,
}

impl TimeRange {
    /// The `seconds` before `now`.
    pub fn last_seconds(seconds: i64, now: DateTime<Utc>) -> Self {
        Self { from: now - chrono::TimeDelta::seconds(seconds), to: now }
    }

    /// The range of equal length that ends where this one begins.
    pub fn previous(self) -> Self {
        Self { from: self.from - (self.to - self.from), to: self.from }
    }

    /// Length in seconds.
    pub fn seconds(self) -> i64 {
        (self.to - self.from).num_seconds()
    }
}
