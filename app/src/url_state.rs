//! What of a view is kept in its URL: every view is a link.
//!
//! Ranges of time are `from` and `to`, either as a distance from now (`from=-24h`) or as RFC 3339.
//! Filters of traces have their own language, [`model::trace::filter`].

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use leptos_router::params::ParamsMap;
use model::TraceId;
use model::time::TimeRange;
use serde::{Deserialize, Serialize};

use crate::format::{duration, time};

/// The longest range a page adds up: two years of daily buckets still draw in one chart.
pub const RANGE_SECONDS_MAX: i64 = 2 * 366 * 86_400;

/// The ranges offered by name, in seconds.
pub const PRESETS_SECONDS: [i64; 5] = [3_600, 86_400, 7 * 86_400, 14 * 86_400, 30 * 86_400];

/// A range of time as the URL has it: relative ones stay relative, so that a link keeps meaning "the last day".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RangeChoice {
    /// The seconds before now.
    Last(i64),
    /// Between two moments.
    Between(TimeRange),
}

impl RangeChoice {
    /// Reads `from` and `to`, or `range` (`range=24h`); nothing given is the last `default_seconds`.
    pub fn from_query(query: &ParamsMap, default_seconds: i64) -> Result<Self, String> {
        if let Some(range) = query.get_str("range") {
            return parse_distance(&format!("-{range}")).map(Self::Last);
        }
        Self::parse(query.get_str("from"), query.get_str("to"), default_seconds)
    }

    /// Reads the two parameters.
    pub fn parse(from: Option<&str>, to: Option<&str>, default_seconds: i64) -> Result<Self, String> {
        let from = from.filter(|text| !text.is_empty());
        let to = to.filter(|text| !text.is_empty());
        match (from, to) {
            (None, None) => Ok(Self::Last(default_seconds)),
            (Some(from), None) if from.starts_with('-') => parse_distance(from).map(Self::Last),
            (Some(from), Some(to)) => {
                let range = TimeRange { from: parse_moment(from)?, to: parse_moment(to)? };
                if range.seconds() < 60 {
                    return Err("The range ends before it begins, or is shorter than a minute.".into());
                }
                check_length(range.seconds())?;
                Ok(Self::Between(range))
            }
            _ => Err("Give both from and to as times, or only from as a distance such as -24h.".into()),
        }
    }

    /// The moments meant, at `now`.
    pub fn resolve(self, now: DateTime<Utc>) -> TimeRange {
        match self {
            Self::Last(seconds) => TimeRange::last_seconds(seconds, now),
            Self::Between(range) => range,
        }
    }

    /// Length in seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Self::Last(seconds) => seconds,
            Self::Between(range) => range.seconds(),
        }
    }

    /// The query pairs that mean this range.
    pub fn to_query(self) -> String {
        match self {
            Self::Last(seconds) => format!("from=-{}", distance(seconds)),
            Self::Between(range) => format!("from={}&to={}", time::machine(range.from), time::machine(range.to)),
        }
    }

    /// What the picker says: `Last 14 days`.
    pub fn label(self) -> String {
        match self {
            Self::Last(3_600) => "Last hour".into(),
            Self::Last(seconds) if seconds % 86_400 == 0 && seconds > 86_400 => {
                format!("Last {} days", seconds / 86_400)
            }
            Self::Last(seconds) if seconds % 3_600 == 0 => format!("Last {} hours", seconds / 3_600),
            Self::Last(seconds) => format!("Last {}", duration::width(seconds)),
            Self::Between(range) => {
                format!("{} to {}", time::day_minute(range.from, range.to), time::day_minute(range.to, range.to))
            }
        }
    }
}

/// `24h`, `14d`, `90m`, `45s`.
fn distance(seconds: i64) -> String {
    match seconds {
        s if s % 86_400 == 0 && s > 86_400 => format!("{}d", s / 86_400),
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

fn parse_distance(text: &str) -> Result<i64, String> {
    let expected = || format!("Expected a distance such as -24h or -14d, got “{text}”.");
    let body = text.strip_prefix('-').ok_or_else(expected)?;
    let unit_at = body.len().checked_sub(1).filter(|at| body.is_char_boundary(*at)).ok_or_else(expected)?;
    let unit = match &body[unit_at..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(expected()),
    };
    let seconds = body[..unit_at].parse::<u32>().map_err(|_| expected())?;
    let seconds = i64::from(seconds) * unit;
    if seconds < 60 {
        return Err("The shortest range is a minute.".into());
    }
    check_length(seconds)?;
    Ok(seconds)
}

fn check_length(seconds: i64) -> Result<(), String> {
    if seconds > RANGE_SECONDS_MAX { Err("The longest range is two years.".into()) } else { Ok(()) }
}

/// RFC 3339, or what `<input type="datetime-local">` sends, which is meant as UTC.
pub fn parse_moment(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = text.parse::<DateTime<Utc>>() {
        return Ok(time);
    }
    let with_seconds = if text.len() == 16 { format!("{text}:00") } else { text.to_owned() };
    with_seconds
        .parse::<NaiveDateTime>()
        .map(|local| local.and_utc())
        .map_err(|_| format!("Expected a time such as 2026-11-17T09:00:00Z, got “{text}”."))
}

/// Widths a series may have, in seconds: a minute up to a day.
const BUCKETS_SECONDS: [i64; 9] = [60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400];

/// Buckets a chart has at most: more would be narrower than two pixels on a laptop.
pub const BUCKETS_MAX: i64 = 180;

/// The narrowest bucket with which a range has at most [`BUCKETS_MAX`] of them.
pub fn bucket_seconds(range_seconds: i64) -> i64 {
    BUCKETS_SECONDS
        .into_iter()
        .find(|width| range_seconds / width <= BUCKETS_MAX)
        .unwrap_or_else(|| (range_seconds / BUCKETS_MAX / 86_400 + 1) * 86_400)
}

/// `range` widened to whole buckets, so that no bucket of a series is only partly filled by the way it was asked for.
pub fn align(range: TimeRange, bucket_seconds: i64) -> TimeRange {
    let floor = |time: DateTime<Utc>| time - TimeDelta::seconds(time.timestamp().rem_euclid(bucket_seconds));
    let from = floor(range.from);
    let floored = floor(range.to);
    let to = if floored < range.to { floored + TimeDelta::seconds(bucket_seconds) } else { floored };
    TimeRange { from: whole_seconds(from), to: whole_seconds(to) }
}

fn whole_seconds(time: DateTime<Utc>) -> DateTime<Utc> {
    time - TimeDelta::nanoseconds(i64::from(time.timestamp_subsec_nanos()))
}

/// The page of a trace, which may be in a tenant's own space of ids.
pub fn trace_href(trace_id: TraceId, own_space_of: Option<&str>) -> String {
    match own_space_of {
        Some(tenant) => format!("/traces/{trace_id}?tenant={}", encode(tenant)),
        None => format!("/traces/{trace_id}"),
    }
}

/// Percent-encodes a value for a query string.
pub fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_survives_the_url() {
        let now: DateTime<Utc> = "2026-11-17T11:00:00Z".parse().unwrap();
        for choice in [
            RangeChoice::Last(3_600),
            RangeChoice::Last(14 * 86_400),
            RangeChoice::Between(TimeRange::last_seconds(7_200, now)),
        ] {
            let query = choice.to_query();
            let value = |key: &str| query.split('&').find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='));
            assert_eq!(RangeChoice::parse(value("from"), value("to"), 60), Ok(choice), "{query}");
        }
    }

    #[test]
    fn a_range_that_makes_no_sense_says_what_was_expected() {
        for (from, to) in [
            (Some("-24x"), None),
            (Some("-é"), None),
            (Some("yesterday"), Some("today")),
            (Some("-9999d"), None),
            (Some("2026-11-02T00:00"), Some("2026-11-01T00:00")),
            (None, Some("2026-11-01T00:00")),
        ] {
            assert!(RangeChoice::parse(from, to, 60).is_err(), "{from:?} {to:?}");
        }
    }

    #[test]
    fn times_of_a_form_are_utc() {
        let Ok(RangeChoice::Between(range)) =
            RangeChoice::parse(Some("2026-11-01T10:00"), Some("2026-11-01T11:30"), 60)
        else {
            panic!("two times make a range");
        };
        assert_eq!(range.seconds(), 5_400);
    }

    #[test]
    fn buckets_are_as_narrow_as_a_chart_can_show() {
        assert_eq!(bucket_seconds(3_600), 60);
        assert_eq!(bucket_seconds(86_400), 600);
        assert_eq!(bucket_seconds(14 * 86_400), 7_200);
        assert!(RANGE_SECONDS_MAX / bucket_seconds(RANGE_SECONDS_MAX) <= BUCKETS_MAX);
    }

    #[test]
    fn an_aligned_range_holds_whole_buckets() {
        let now: DateTime<Utc> = "2026-11-17T11:24:31.5Z".parse().unwrap();
        let range = align(TimeRange::last_seconds(3_600, now), 60);
        assert_eq!(range.seconds() % 60, 0);
        assert!(range.from <= now - TimeDelta::seconds(3_600) && range.to >= now);
    }
}
