//! Points in time as text: UTC, 24 hours, the year only when it is not this one.
//!
//! Written by hand: chrono's format strings would cost the wasm more than all of this.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use model::time::TimeRange;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `11:24`
pub fn hour_minute(time: DateTime<Utc>) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `11:24:02`
pub fn clock(time: DateTime<Utc>) -> String {
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// `11:24:02.118`
pub fn clock_millis(time: DateTime<Utc>) -> String {
    format!("{}.{:03}", clock(time), time.timestamp_subsec_millis().min(999))
}

/// `17 Nov`, with the year when it is not the year of `now`.
pub fn day(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    // month0 is 0..=11.
    let month = MONTHS.get(time.month0() as usize).copied().unwrap_or_default();
    if time.year() == now.year() {
        format!("{} {month}", time.day())
    } else {
        format!("{} {month} {}", time.day(), time.year())
    }
}

/// `17 Nov 11:12:04`
pub fn day_clock(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} {}", day(time, now), clock(time))
}

/// `17 Nov 11:12`
pub fn day_minute(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    format!("{} {}", day(time, now), hour_minute(time))
}

/// A half-open range as people say it: `Sat 7 Nov, 14:00 to 16:00`, `Sat 7 Nov` for a whole day, `7 Nov to 9 Nov` for
/// several, `7 Nov 14:00 to 9 Nov 02:00` for anything else. Midnight is the end of its day, 24:00.
pub fn between(range: TimeRange, now: DateTime<Utc>) -> String {
    let TimeRange { from, to } = range;
    let is_midnight = |time: DateTime<Utc>| time.num_seconds_from_midnight() == 0;
    let last_day = if is_midnight(to) { to - TimeDelta::days(1) } else { to };
    let is_one_day = from.date_naive() == last_day.date_naive();
    let weekday = weekday(from).get(..3).unwrap_or_default();
    match (is_midnight(from) && is_midnight(to), is_one_day) {
        (true, true) => format!("{weekday} {}", day(from, now)),
        (true, false) => format!("{} to {}", day(from, now), day(last_day, now)),
        (false, true) => {
            let end = if is_midnight(to) { "24:00".to_owned() } else { hour_minute(to) };
            format!("{weekday} {}, {} to {end}", day(from, now), hour_minute(from))
        }
        (false, false) => format!("{} to {}", day_minute(from, now), day_minute(to, now)),
    }
}

/// `Tuesday`
pub fn weekday(time: DateTime<Utc>) -> &'static str {
    WEEKDAYS.get(time.weekday().num_days_from_monday() as usize).copied().unwrap_or_default()
}

/// The clock time when it is within a day of `now`, else the day.
pub fn near(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if time.date_naive() == now.date_naive() { clock(time) } else { day_minute(time, now) }
}

/// The same to the minute.
pub fn near_minute(time: DateTime<Utc>, now: DateTime<Utc>) -> String {
    if time.date_naive() == now.date_naive() { hour_minute(time) } else { day_minute(time, now) }
}

/// RFC 3339 in whole seconds, for `<time datetime>` and links.
pub fn machine(time: DateTime<Utc>) -> String {
    format!("{:04}-{:02}-{:02}T{}Z", time.year(), time.month(), time.day(), clock(time))
}

/// The value of an `<input type="datetime-local">`.
pub fn input(time: DateTime<Utc>) -> String {
    format!("{:04}-{:02}-{:02}T{}", time.year(), time.month(), time.day(), hour_minute(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn times_are_short_and_unambiguous() {
        let now = at("2026-11-17T11:24:02.118Z");
        assert_eq!(clock_millis(now), "11:24:02.118");
        assert_eq!(day_clock(at("2026-11-03T09:05:07Z"), now), "3 Nov 09:05:07");
        assert_eq!(day(at("2025-12-31T00:00:00Z"), now), "31 Dec 2025");
        assert_eq!(near(at("2026-11-17T01:02:03Z"), now), "01:02:03");
        assert_eq!(near(at("2026-11-16T23:02:03Z"), now), "16 Nov 23:02");
        assert_eq!(weekday(now), "Tuesday");
        assert_eq!(machine(now).parse::<DateTime<Utc>>().unwrap(), at("2026-11-17T11:24:02Z"));
    }

    #[test]
    fn a_range_is_said_as_shortly_as_it_can_be_understood() {
        let now = at("2026-11-17T11:24:02Z");
        let said = |from: &str, to: &str| between(TimeRange { from: at(from), to: at(to) }, now);
        assert_eq!(said("2026-11-07T14:00:00Z", "2026-11-07T16:00:00Z"), "Sat 7 Nov, 14:00 to 16:00");
        assert_eq!(said("2026-11-07T22:00:00Z", "2026-11-08T00:00:00Z"), "Sat 7 Nov, 22:00 to 24:00");
        assert_eq!(said("2026-11-07T00:00:00Z", "2026-11-08T00:00:00Z"), "Sat 7 Nov");
        assert_eq!(said("2026-11-07T00:00:00Z", "2026-11-10T00:00:00Z"), "7 Nov to 9 Nov");
        assert_eq!(said("2026-11-07T14:00:00Z", "2026-11-09T02:00:00Z"), "7 Nov 14:00 to 9 Nov 02:00");
    }
}
