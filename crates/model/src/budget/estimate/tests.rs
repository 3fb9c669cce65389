//! Laws of forecasts.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::budget::Period;

const CENT: i128 = 10_000_000_000;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// So many whole hours until the hour that `now` is in.
fn history(now: DateTime<Utc>, hours: Vec<i128>) -> History {
    let until = DateTime::from_timestamp(now.timestamp().div_euclid(3_600) * 3_600, 0).unwrap();
    History { until, hours: hours.into_iter().map(UsdSum::from_pico).collect() }
}

fn expected(hours: Vec<i128>, spent: i128, period: Period, now: DateTime<Utc>) -> Forecast {
    match outlook(&history(now, hours), UsdSum::from_pico(spent), period.range(now), now) {
        Outlook::Expected(forecast) => forecast,
        Outlook::Unknown(why) => panic!("{why}"),
    }
}

fn usd(pico: UsdSum) -> f64 {
    pico.to_f64()
}

/// The price of an hour that begins so many hours before `until`: by day three times as much, half of it on weekends.
fn usual(until: DateTime<Utc>, hours_before: i64) -> i128 {
    use chrono::{Datelike, Timelike};
    let start = until - TimeDelta::hours(hours_before);
    let by_day = if (8..20).contains(&start.hour()) { 3 } else { 1 };
    let by_week = if start.weekday().num_days_from_monday() >= 5 { 1 } else { 2 };
    CENT * by_day * by_week
}

#[test]
fn what_comes_back_every_week_is_foreseen() {
    let now = at("2026-11-18T00:00:00Z");
    let hours = (1..=28 * 24).rev().map(|before| usual(now, before)).collect();
    let to_come: i128 = (0..13 * 24).map(|ahead| usual(now, -ahead)).sum();
    let forecast = expected(hours, 7 * CENT, Period::Month, now);
    let right = (to_come + 7 * CENT) as f64 / 1e12;
    assert!((usd(forecast.expected) / right - 1.0).abs() < 0.02, "{} against {right}", usd(forecast.expected));
    assert_eq!((forecast.season, forecast.history_hours, forecast.by), (Season::Week, 672, at("2026-12-01T00:00:00Z")));
    assert_eq!(forecast.history(), "28 days of hourly spend");
    let width = usd(forecast.high) - usd(forecast.low);
    assert!(width < 0.1 * right, "nothing was ever different, so the band is narrow: {width}");
}

#[test]
fn a_day_that_got_out_of_hand_is_no_new_level() {
    let now = at("2026-11-18T00:00:00Z");
    let mut hours: Vec<i128> = (1..=28 * 24).rev().map(|before| usual(now, before)).collect();
    let calm = expected(hours.clone(), 0, Period::Month, now);
    let accident = hours.len() - 30;
    hours[accident] += 5_000 * CENT;
    let after = expected(hours, 0, Period::Month, now);
    assert!(usd(after.expected) < 1.2 * usd(calm.expected), "{after:?} after {calm:?}");
    assert!(after.high > calm.high, "that it may happen again is in the band: {after:?} after {calm:?}");
}

#[test]
fn a_job_of_every_sunday_is_no_accident() {
    let now = at("2026-11-18T00:00:00Z");
    let hours = (1..=28 * 24i64).map(|before| now - TimeDelta::hours(before));
    let is_job = |hour: DateTime<Utc>| hour.format("%a %H").to_string() == "Sun 03";
    let mut hours: Vec<i128> = hours.map(|hour| if is_job(hour) { 1_000 * CENT } else { CENT }).collect();
    hours.reverse();
    let forecast = expected(hours, 0, Period::Month, now);
    let (right, told) = ((2 * 1_000 + 13 * 24 - 2) as f64 / 100.0, usd(forecast.expected));
    assert!((told / right - 1.0).abs() < 0.1, "two Sundays are to come: {told} against {right}");
}

#[test]
fn a_short_history_has_a_wide_band_and_too_short_a_one_has_no_forecast() {
    let now = at("2026-11-18T06:30:00Z");
    let hours = |count: i64| (1..=count).rev().map(|before| usual(now, before)).collect::<Vec<_>>();
    let told = |hours| outlook(&history(now, hours), UsdSum::ZERO, Period::Month.range(now), now);
    assert_eq!(told(hours(23)), Outlook::Unknown(Unforeseen::Short(23)));
    assert_eq!(told(Vec::new()), Outlook::Unknown(Unforeseen::Nothing));
    assert_eq!(told(vec![0; 100]), Outlook::Unknown(Unforeseen::Nothing), "unknown stays unknown");
    let seasons = [24, 71, 72, 335, 336].map(|count| expected(hours(count), 0, Period::Month, now).season);
    assert_eq!(seasons, [Season::Flat, Season::Flat, Season::Day, Season::Day, Season::Week]);
    let width = |count| {
        let forecast = expected(hours(count), 0, Period::Month, now);
        (usd(forecast.high) - usd(forecast.low)) / usd(forecast.expected)
    };
    assert!(width(24) > width(28 * 24), "{} {}", width(24), width(28 * 24));
}

#[test]
fn the_hour_that_runs_is_half_over_at_half_past() {
    let forecast = expected(vec![CENT; 24], 5 * CENT, Period::Day, at("2026-11-18T22:30:00Z"));
    assert!((usd(forecast.expected) - 0.065).abs() < 1e-6, "{forecast:?}");
    assert_eq!(
        Unforeseen::Short(7).to_string(),
        "no forecast: it takes 24 whole hours of spend, and there are 7 so far"
    );
}

#[test]
fn a_forecast_is_of_one_period_and_never_below_what_is_spent() {
    let now = at("2026-11-18T22:30:00Z");
    let forecast = expected(vec![CENT; 24], 0, Period::Day, now);
    let (end, spent) = (at("2026-11-19T00:00:00Z"), UsdSum::from_pico(100 * CENT));
    let later = Outlook::Expected(forecast).seen_from(spent, end);
    assert_eq!(later, Outlook::Expected(Forecast { expected: spent, low: spent, high: spent, ..forecast }));
    let more = Outlook::Expected(forecast).after(spent).seen_from(spent, end);
    let told = more.forecast().unwrap();
    assert_eq!(told.expected - forecast.expected, spent, "what was spent since is on top, and as much is to come");
    assert!(more.is_news(&Outlook::Expected(forecast)), "a dollar more is another amount");
    assert!(!more.is_news(&later), "and a cent and a half on top of it is not");
    let next_day = Outlook::Expected(forecast).seen_from(spent, at("2026-11-20T00:00:00Z"));
    assert_eq!(next_day, Outlook::Unknown(Unforeseen::NotYet));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_forecast_lies_in_its_band_and_never_below_what_is_spent(
        hours in prop::collection::vec(prop_oneof![Just(0), 0..1_000 * CENT], 24..800),
        spent in 0..1_000_000 * CENT, seconds in 0i64..4_000_000,
    ) {
        prop_assume!(hours.iter().sum::<i128>() > 0);
        let now = at("2026-11-01T00:00:00Z") + TimeDelta::seconds(seconds);
        let mut ends = Vec::new();
        for period in [Period::Day, Period::Week, Period::Month] {
            let forecast = expected(hours.clone(), spent, period, now);
            prop_assert!(UsdSum::from_pico(spent) <= forecast.low);
            prop_assert!(forecast.low <= forecast.expected && forecast.expected <= forecast.high);
            ends.push((forecast.by, forecast.expected));
        }
        let more = expected(hours, spent + CENT, Period::Month, now);
        let less = ends[2].1;
        prop_assert_eq!(more.expected.pico() - less.pico(), CENT, "what is spent is on top of what is to come");
    }

    #[test]
    fn constant_spend_forecasts_itself(
        pico in 1_000_000i128..1_000 * CENT, count in 24usize..840, minutes in 0i64..30 * 24 * 60,
    ) {
        let now = at("2026-11-01T00:00:00Z") + TimeDelta::minutes(minutes);
        let forecast = expected(vec![pico; count], 0, Period::Month, now);
        let to_come = (forecast.by - now).num_minutes() as f64 / 60.0 * pico as f64;
        // A millionth of a dollar is where an estimate ends; the decomposition keeps some six digits.
        let tolerance = 2e6 + to_come * 1e-4;
        for told in [forecast.expected, forecast.low, forecast.high] {
            prop_assert!((told.pico() as f64 - to_come).abs() < tolerance, "{told} instead of {to_come}");
        }
    }
}
