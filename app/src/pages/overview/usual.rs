//! What a day usually costs, hour by hour, from the days before it. Says nothing when there were too few.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use model::UsdSum;
use serde::{Deserialize, Serialize};

use crate::format::time;

/// Days looked back: four of each weekday.
pub const HISTORY_DAYS: i64 = 28;

/// So many of the same weekday make it usual.
const SAME_WEEKDAYS_MIN: usize = 3;

/// So many days of any kind, among the last fourteen, do otherwise.
const DAYS_MIN: usize = 5;

/// The band leaves out the lowest and the highest fifth, so that one runaway day does not make the next look usual.
const LOW_FIFTH: usize = 1;
/// See [`LOW_FIFTH`].
const HIGH_FIFTH: usize = 4;

const HOURS: usize = 24;

/// A usual day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usual {
    /// What it is: `a usual Tuesday`, `a usual day`.
    pub name: String,
    /// How many days it was learned from.
    pub days: usize,
    /// Lower end of the usual spend of each hour.
    pub low: Vec<UsdSum>,
    /// Upper end of it.
    pub high: Vec<UsdSum>,
    /// What is usually spent by this time of day.
    pub by_now: UsdSum,
}

/// The midnight before `now`, UTC.
pub fn midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    let since = i64::from(now.num_seconds_from_midnight());
    now - TimeDelta::seconds(since) - TimeDelta::nanoseconds(i64::from(now.timestamp_subsec_nanos()))
}

type Day = [UsdSum; HOURS];

/// Learns from the hourly spend of the days before `now`'s.
pub fn usual(hourly: &[(DateTime<Utc>, UsdSum)], now: DateTime<Utc>) -> Option<Usual> {
    let today = midnight(now);
    let mut days: BTreeMap<i64, Day> = BTreeMap::new();
    for (hour, spent) in hourly.iter().filter(|(hour, _)| *hour < today) {
        let days_ago = (today - midnight(*hour)).num_days();
        // Hours of a day are 0..24.
        days.entry(days_ago).or_insert([UsdSum::ZERO; HOURS])[hour.hour() as usize] += *spent;
    }
    // Days without any spend were before the first span, or nobody was there: not a usual day either way.
    days.retain(|_, day| day.iter().any(|spent| *spent > UsdSum::ZERO));
    let same: Vec<&Day> = days.iter().filter(|(ago, _)| *ago % 7 == 0).map(|(_, day)| day).collect();
    let recent: Vec<&Day> = days.iter().filter(|(ago, _)| **ago <= 14).map(|(_, day)| day).collect();
    if same.len() >= SAME_WEEKDAYS_MIN {
        Some(learn(format!("a usual {}", time::weekday(now)), &same, now))
    } else if recent.len() >= DAYS_MIN {
        Some(learn("a usual day".into(), &recent, now))
    } else {
        None
    }
}

fn learn(name: String, days: &[&Day], now: DateTime<Utc>) -> Usual {
    let at_fifth = |hour: usize, fifth: usize| {
        let mut spent: Vec<UsdSum> = days.iter().map(|day| day[hour]).collect();
        spent.sort_unstable();
        // Nearest rank; `days` is not empty.
        spent[((spent.len() - 1) * fifth + 2) / 5]
    };
    let mut sums: Vec<UsdSum> = days.iter().map(|day| until(day, now)).collect();
    sums.sort_unstable();
    Usual {
        name,
        days: days.len(),
        low: (0..HOURS).map(|hour| at_fifth(hour, LOW_FIFTH)).collect(),
        high: (0..HOURS).map(|hour| at_fifth(hour, HIGH_FIFTH)).collect(),
        by_now: sums[sums.len() / 2],
    }
}

/// What a day had cost by the clock time of `now`; within the hour it is taken to be even.
fn until(day: &Day, now: DateTime<Utc>) -> UsdSum {
    let hour = now.hour() as usize;
    let full: UsdSum = day[..hour].iter().copied().sum();
    let seconds = i128::from(now.minute() * 60 + now.second());
    full + UsdSum::from_pico(day[hour].pico() * seconds / 3_600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn usd(dollars: i128) -> UsdSum {
        UsdSum::from_pico(dollars * 1_000_000_000_000)
    }

    /// One dollar more per hour for every day ago.
    fn days_before(now: DateTime<Utc>, days: i64) -> Vec<(DateTime<Utc>, UsdSum)> {
        (1..=days)
            .flat_map(|ago| (0..24).map(move |hour| (ago, hour)))
            .map(|(ago, hour)| (midnight(now) - TimeDelta::days(ago) + TimeDelta::hours(hour), usd(i128::from(ago))))
            .collect()
    }

    #[test]
    fn too_few_days_are_not_usual() {
        let now = at("2026-11-17T11:30:00Z");
        assert_eq!(usual(&days_before(now, 4), now), None);
    }

    #[test]
    fn two_weeks_make_a_usual_day_and_four_a_usual_weekday() {
        let now = at("2026-11-17T11:30:00Z");
        let day = usual(&days_before(now, 14), now).unwrap();
        assert_eq!((day.name.as_str(), day.days), ("a usual day", 14));
        let tuesday = usual(&days_before(now, 28), now).unwrap();
        assert_eq!((tuesday.name.as_str(), tuesday.days), ("a usual Tuesday", 4));
    }

    #[test]
    fn what_is_usual_by_now_counts_the_hour_in_part() {
        let now = at("2026-11-17T11:30:00Z");
        let day = usual(&days_before(now, 5), now).unwrap();
        // The median day spends three dollars an hour: eleven and a half hours of them.
        assert_eq!(day.by_now, UsdSum::from_pico(34_500_000_000_000));
        assert!(day.low[0] < day.high[0]);
    }

    #[test]
    fn days_without_spend_teach_nothing() {
        let now = at("2026-11-17T11:30:00Z");
        let mut history = days_before(now, 5);
        history[24..].iter_mut().for_each(|(_, spent)| *spent = UsdSum::ZERO);
        assert_eq!(usual(&history, now), None);
    }
}
