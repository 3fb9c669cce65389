//! How a forecast is made: what comes back by the hour of the day and of the week is told apart from the rest (MSTL), the rest
//! goes on at its level, and the band is how far off the same rule would have been before.
//!
//! Floating point is used here and nowhere else for money: the result is an estimate and says so. Native only, since the
//! decomposition is nothing to download.

use chrono::{DateTime, Utc};
use stlrs::{Mstl, Stl};

use super::forecast::{Forecast, HOURS_MIN, Outlook, Season, Unforeseen};
use crate::time::TimeRange;
use crate::usd::UsdSum;

const DAY_HOURS: usize = 24;
const WEEK_HOURS: usize = 7 * DAY_HOURS;

/// Days of the level: of a week's days one or two may be extraordinary without moving the median.
const LEVEL_DAYS: usize = 7;

/// Days it takes to tell the hours of a day from chance, and weeks for those of a week.
const DAYS_FOR_A_DAY: usize = 3;
const WEEKS_FOR_A_WEEK: usize = 2;

/// Parts of a hundred below and above which the errors of the past leave the band: four times in five it holds.
const BAND_PERCENTS: [usize; 2] = [10, 90];

/// An hour that cost more than so many times what any other day cost around it is an accident: it says nothing of the hours to
/// come, and much about how wrong one can be.
const ACCIDENT_TIMES: f64 = 3.0;

/// An estimate is rounded to this many pico-dollars, a millionth of a dollar: more digits would look as if they were known.
const STEP_PICO: f64 = 1e6;

/// What was spent hour by hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The end of its last hour: the hour that runs begins here.
    pub until: DateTime<Utc>,
    /// Whole hours without a gap, the oldest first; it begins with the first that something was spent in.
    pub hours: Vec<UsdSum>,
}

/// Where `spent` will probably be at the end of `period`, seen from `now`.
pub fn outlook(history: &History, spent: UsdSum, period: TimeRange, now: DateTime<Utc>) -> Outlook {
    let count = history.hours.len();
    let total: i128 = history.hours.iter().map(|hour| hour.pico()).sum();
    if total <= 0 {
        return Outlook::Unknown(Unforeseen::Nothing);
    }
    if count < HOURS_MIN {
        return Outlook::Unknown(Unforeseen::Short(count as i64));
    }
    // Around one, so that the decomposition keeps its digits for what differs.
    let mean = total as f64 / count as f64;
    let hours: Vec<f64> = history.hours.iter().map(|hour| hour.pico() as f64 / mean).collect();
    let usual = without_accidents(&hours);
    let pattern = Pattern::of(&usual);
    let weights = weights(history.until, period.to, now);
    let horizon: f64 = weights.iter().sum();
    let rest = Rest::new(&usual, &hours, &pattern, weights.len());
    let expected =
        weights.iter().zip(pattern.ahead()).map(|(weight, season)| weight * (rest.level + season)).sum::<f64>();
    let expected = expected.max(0.0);
    let [below, above] = rest.band(horizon, pattern.doubt);
    let at = |more: f64| UsdSum::from_pico(spent.pico().saturating_add(rounded(more.max(0.0) * mean)));
    let season = pattern.season;
    Outlook::Expected(Forecast {
        by: period.to,
        expected: at(expected),
        low: at(expected + below),
        high: at(expected + above),
        history_hours: count as i64,
        season,
    })
}

/// How much of each hour ahead is still to come: a part of the one that runs, all of the others.
fn weights(until: DateTime<Utc>, end: DateTime<Utc>, now: DateTime<Utc>) -> Vec<f64> {
    const HOUR_MS: f64 = 3_600_000.0;
    let ahead = (end - until).num_milliseconds().max(0) as f64 / HOUR_MS;
    let passed = (now - until).num_milliseconds().max(0) as f64 / HOUR_MS;
    let hours = ahead.ceil() as usize;
    (0..hours).map(|hour| ((hour as f64 + 1.0).min(ahead) - (hour as f64).max(passed)).max(0.0)).collect()
}

/// The hours as they usually are. What comes again, every day or every week at about its hour, stays.
fn without_accidents(hours: &[f64]) -> Vec<f64> {
    if hours.len() < DAYS_FOR_A_DAY * DAY_HOURS {
        return hours.to_vec();
    }
    let around = |at: usize| hours.iter().skip(at.saturating_sub(1)).take(if at == 0 { 2 } else { 3 });
    let usual = |at: usize| {
        let other_days = (at % DAY_HOURS..hours.len()).step_by(DAY_HOURS).filter(|other| *other != at);
        other_days.flat_map(around).copied().fold(0.0, f64::max)
    };
    hours.iter().enumerate().map(|(at, hour)| hour.min(ACCIDENT_TIMES * usual(at))).collect()
}

fn rounded(pico: f64) -> i128 {
    // Saturates, and is zero for what is no number.
    (pico / STEP_PICO).round() as i128 * STEP_PICO as i128
}

/// What comes back, relative to the level.
struct Pattern {
    season: Season,
    /// For every hour of the history.
    within: Vec<f64>,
    /// One cycle of each component, which begins with the hour ahead.
    cycles: Vec<Vec<f64>>,
    /// How many times as far off it is for what is to come as for what it was made of.
    doubt: f64,
}

impl Pattern {
    fn of(hours: &[f64]) -> Self {
        let (season, periods): (_, &[usize]) = match hours.len() {
            count if count >= WEEKS_FOR_A_WEEK * WEEK_HOURS => (Season::Week, &[DAY_HOURS, WEEK_HOURS]),
            count if count >= DAYS_FOR_A_DAY * DAY_HOURS => (Season::Day, &[DAY_HOURS]),
            _ => return Self::flat(hours.len()),
        };
        let mut each = Stl::params();
        // A season that may not drift: with a few cycles, what drifts would be their noise.
        each.seasonal_degree(0);
        // Two cycles are there, so it can always be taken apart; without it the level alone is still an answer.
        let Ok(parts) = Mstl::params().stl_params(each).fit(hours, periods) else { return Self::flat(hours.len()) };
        let mut within = vec![0.0; hours.len()];
        let mut cycles = Vec::new();
        for (component, period) in parts.seasonal().iter().zip(periods) {
            within.iter_mut().zip(component).for_each(|(sum, part)| *sum += part);
            let last = component.len().saturating_sub(*period);
            cycles.push(component.iter().skip(last).copied().collect());
        }
        // A mean of so many cycles is nearer to them than to the next one, by the square root of this.
        let seen = hours.len() as f64 / *periods.last().unwrap_or(&DAY_HOURS) as f64;
        Self { season, within, cycles, doubt: ((seen + 1.0) / (seen - 1.0)).sqrt() }
    }

    fn flat(count: usize) -> Self {
        Self { season: Season::Flat, within: vec![0.0; count], cycles: Vec::new(), doubt: 1.0 }
    }

    /// For every hour to come.
    fn ahead(&self) -> impl Iterator<Item = f64> {
        (0..).map(|hour: usize| self.cycles.iter().filter_map(|cycle| cycle.get(hour % cycle.len())).sum())
    }
}

/// What is left without the pattern: a level, and how far off it was before.
struct Rest {
    /// Spend of an hour.
    level: f64,
    /// Hours that each error is about.
    stretch: usize,
    /// How much more was spent in a stretch than its beginning let expect, ascending.
    errors: Vec<f64>,
}

impl Rest {
    /// Of hours as they usually are, and of those there were.
    fn new(usual: &[f64], hours: &[f64], pattern: &Pattern, ahead: usize) -> Self {
        let usual = running_sums(usual, &pattern.within);
        let spent = running_sums(hours, &pattern.within);
        let count = hours.len();
        // Half of the history at most, so that there are beginnings enough to have been wrong from.
        let stretch = ahead.clamp(1, (count / 2).max(1));
        let from = (count / 4).max(1);
        let mut errors: Vec<f64> = (from..=count.saturating_sub(stretch))
            .map(|at| spent[at + stretch] - spent[at] - level(&usual[..=at]) * stretch as f64)
            .collect();
        errors.sort_unstable_by(f64::total_cmp);
        Self { level: level(&usual), stretch, errors }
    }

    /// How much less and more than expected it may be over so many hours.
    fn band(&self, hours: f64, doubt: f64) -> [f64; 2] {
        // A level that is wrong is wrong in every hour, so an error grows with them.
        let scale = hours / self.stretch as f64 * doubt;
        let [low, high] = BAND_PERCENTS.map(|percent| {
            let place = self.errors.len().saturating_sub(1) * percent / 100;
            self.errors.get(place).copied().unwrap_or_default() * scale
        });
        [low.min(0.0), high.max(0.0)]
    }
}

/// What was spent without the pattern, up to each hour and up to the end.
fn running_sums(hours: &[f64], pattern: &[f64]) -> Vec<f64> {
    let sums = hours.iter().zip(pattern).scan(0.0, |sum, (hour, season)| {
        *sum += hour - season;
        Some(*sum)
    });
    std::iter::once(0.0).chain(sums).collect()
}

/// The spend of an hour at the end of these running sums: the median of the days of the last week, or the mean of less than
/// a day.
fn level(sums: &[f64]) -> f64 {
    let last = sums.len().saturating_sub(1);
    let mean = |from: usize, to: usize| (sums[to] - sums[from]) / (to - from).max(1) as f64;
    let days = (last / DAY_HOURS).min(LEVEL_DAYS);
    let mut means: Vec<f64> = (0..days).map(|day| mean(last - (day + 1) * DAY_HOURS, last - day * DAY_HOURS)).collect();
    means.sort_unstable_by(f64::total_cmp);
    match means.as_slice() {
        [] => mean(0, last),
        means if means.len() % 2 == 1 => means[means.len() / 2],
        means => f64::midpoint(means[means.len() / 2 - 1], means[means.len() / 2]),
    }
}

#[cfg(test)]
mod tests;
