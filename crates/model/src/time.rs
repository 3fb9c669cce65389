//! Points and ranges of time as arguments: nothing here reads a clock.

use chrono::{DateTime, TimeDelta, Utc};
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

/// A text that names no point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an RFC 3339 time such as 2026-11-20T10:00:00Z, `now`, or an offset from now such as -1h (s, m, h, d)"
)]
pub struct TimeError;

/// The point in time that `text` names: RFC 3339 with up to nanoseconds, `now`, or an offset from `now` such as
/// `-1h`, `-15m`, `-7d`, `+30m`.
pub fn parse_point(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, TimeError> {
    if text == "now" {
        return Ok(now);
    }
    if text.starts_with(['-', '+']) {
        return parse_offset(text).and_then(|offset| now.checked_add_signed(offset)).ok_or(TimeError);
    }
    // A plus sign in a query string arrives as a space when the client did not escape it.
    let text = text.replace(' ', "+");
    DateTime::parse_from_rfc3339(&text).map(|time| time.with_timezone(&Utc)).map_err(|_| TimeError)
}

fn parse_offset(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().next_back()?;
    let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
    match unit {
        's' => TimeDelta::try_seconds(count),
        'm' => TimeDelta::try_minutes(count),
        'h' => TimeDelta::try_hours(count),
        'd' => TimeDelta::try_days(count),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_a_calendar_time_or_an_offset_from_now() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).expect("a valid time");
        let at = |text| parse_point(text, now);
        assert_eq!(at("now"), Ok(now));
        assert_eq!(at("-90m"), Ok(now - TimeDelta::minutes(90)));
        assert_eq!(at("+2d"), Ok(now + TimeDelta::days(2)));
        assert_eq!(at("2023-11-14T22:13:20.000000001Z"), Ok(now + TimeDelta::nanoseconds(1)));
        assert_eq!(at("2023-11-15T00:13:20 02:00"), Ok(now), "an unescaped plus sign");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "-", "-h", "-1", "-1y", "1h", "yesterday", "-99999999999999d", "2023-11-14", "-1\u{e9}"] {
            assert_eq!(parse_point(text, DateTime::UNIX_EPOCH), Err(TimeError), "{text}");
        }
    }
}
