//! Where ticks stand and what they say: 1, 2 or 5 times a power of ten for figures, round hours and days for time.

use chrono::{DateTime, TimeDelta, Utc};
use model::time::TimeRange;

use crate::format::time;

/// A tick: its place from 0.0 to 1.0 along the axis, and its words.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Place along the axis.
    pub at: f64,
    /// What it says.
    pub text: String,
}

/// Gridlines wanted above zero: fewer leave figures to guess, more are wallpaper.
const LINES: f64 = 4.0;

/// Round figures from 0 up to `top`, three to five of them.
pub fn linear(top: f64) -> Vec<f64> {
    if !top.is_finite() || top <= 0.0 {
        return vec![0.0];
    }
    let rough = top / LINES;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough * 0.999);
    let step = step.unwrap_or(power * 10.0);
    // At most `LINES` steps fit below the top.
    (0..=LINES as u32 + 1).map(|index| f64::from(index) * step).take_while(|value| *value <= top * 1.001).collect()
}

/// Powers of ten between `low` and `high`, with three times each where there is room.
pub fn logarithmic(low: f64, high: f64) -> Vec<f64> {
    let factors: &[f64] = if (high / low).log10() > LINES / 2.0 { &[1.0] } else { &[1.0, 3.0] };
    let (from, to) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    (from..=to)
        .flat_map(|power| factors.iter().map(move |factor| factor * 10_f64.powi(power)))
        .filter(|value| (low * 0.999..=high * 1.001).contains(value))
        .collect()
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const STEPS: [i64; 15] = [
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
    91 * DAY,
];

/// Round times within `range`, at most `ticks_max` apart from the ends: clock times up to a day apart, dates from there.
pub fn of_time(range: TimeRange, ticks_max: i64) -> Vec<Tick> {
    let length = range.seconds().max(1);
    let step = STEPS.into_iter().find(|step| length / step <= ticks_max).unwrap_or(length);
    let start = range.from.timestamp();
    let first = start + (step - start.rem_euclid(step)) % step;
    (0..=ticks_max)
        .map(|index| first + index * step)
        .take_while(|at| *at <= range.to.timestamp())
        .filter_map(|at| {
            let moment = DateTime::<Utc>::from_timestamp(at, 0)?;
            let is_midnight = at.rem_euclid(DAY) == 0;
            let text = if is_midnight { time::day(moment, range.to) } else { time::hour_minute(moment) };
            Some(Tick { at: (at - start) as f64 / length as f64, text })
        })
        .collect()
}

/// Where a moment lies in `range`, from 0.0 to 1.0.
pub fn place(moment: DateTime<Utc>, range: TimeRange) -> f64 {
    let part = (moment - range.from).num_milliseconds() as f64;
    let whole = (range.to - range.from).num_milliseconds().max(1) as f64;
    (part / whole).clamp(0.0, 1.0)
}

/// The middle of a bucket, or of what has passed of the one in progress.
pub fn middle(bucket: DateTime<Utc>, width_seconds: i64, now: DateTime<Utc>) -> DateTime<Utc> {
    let end = (bucket + TimeDelta::seconds(width_seconds)).min(now.max(bucket));
    bucket + (end - bucket) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_round() {
        assert_eq!(linear(168.0), [0.0, 50.0, 100.0, 150.0]);
        assert_eq!(linear(1.0), [0.0, 0.5, 1.0]);
        assert_eq!(linear(0.0), [0.0]);
        assert_eq!(linear(f64::NAN), [0.0]);
    }

    #[test]
    fn a_log_axis_has_ones_and_threes_or_only_ones() {
        let ticks = logarithmic(0.01, 1.0);
        assert_eq!(ticks.len(), 5);
        assert!((ticks[1] - 0.03).abs() < 1e-9);
        assert_eq!(logarithmic(0.001, 9.0).len(), 4);
    }

    #[test]
    fn a_day_has_hours_and_a_fortnight_has_dates() {
        let now: DateTime<Utc> = "2026-11-17T11:24:00Z".parse().unwrap();
        let day = of_time(TimeRange::last_seconds(DAY, now), 14);
        assert!(day.iter().any(|tick| tick.text == "12:00") && day.iter().any(|tick| tick.text == "17 Nov"));
        let fortnight = of_time(TimeRange::last_seconds(14 * DAY, now), 14);
        assert_eq!(fortnight[0].text, "4 Nov");
        assert!(fortnight.iter().all(|tick| (0.0..=1.0).contains(&tick.at)));
    }
}
