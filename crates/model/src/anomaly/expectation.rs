//! What an hour is to bring, by the hours behind it.

use serde::{Deserialize, Serialize};

use super::Hour;
use super::statistics::{MAD_TO_DEVIATION, median};

/// Hours of a week.
const WEEK: usize = 168;

/// Weeks back that are looked at: seasons change.
const WEEKS: usize = 4;

/// Hours before this one that the history has to reach back for each basis, a little less than whole, for servers that were away.
const WEEKS_MIN: usize = 3;
const DAYS_MIN: usize = 3;
const HOURS_MIN: usize = 12;

/// Hours from which the level is told: a step is what is usual after half of them.
const LEVEL_HOURS: usize = 72;

/// How much higher or lower than the weeks before the last days may be taken for usual.
const LEVEL: (f64, f64) = (0.5, 2.0);

/// What an expectation is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// The same hour of the week, in this many weeks.
    HourOfWeek(usize),
    /// The same hour of the day, in this many days.
    HourOfDay(usize),
    /// The hours before, this many.
    TrailingDay(usize),
}

/// What an hour is to bring.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Expectation {
    /// Dollars in the whole hour.
    pub usd: f64,
    /// Spans in the whole hour.
    pub calls: f64,
    /// How much hours vary: robust standard deviation in dollars.
    pub spread: f64,
    /// What it is of.
    pub basis: Basis,
}

impl Expectation {
    /// What the hour after `hours`, the oldest first, is to bring; hours nobody knows of are `None`. Of a history that is too
    /// short nothing can be said.
    pub fn of(hours: &[Option<Hour>]) -> Option<Self> {
        let history = History(hours);
        let (usual, calls, basis) = history.usual(0)?;
        let level = history.level(basis);
        let spread = history.spread_per_root_dollar(basis, level) * (usual * level).sqrt();
        Some(Self { usd: usual * level, calls: calls * level, spread, basis })
    }

    /// Dollars in a part of the hour, and their variance. It goes with the time, as that of anything that happens by itself, and is
    /// never less than that of as many calls.
    pub(super) fn within(&self, minutes: f64) -> (f64, f64) {
        let part = minutes / 60.0;
        let by_volume = if self.calls > 0.0 { self.usd * self.usd / self.calls } else { 0.0 };
        (self.usd * part, (self.spread * self.spread).max(by_volume) * part)
    }
}

/// Hours, the oldest first.
struct History<'a>(&'a [Option<Hour>]);

impl History<'_> {
    /// The hour this many before the one that is asked for.
    fn back(&self, hours: usize) -> Option<Hour> {
        *self.0.get(self.0.len().checked_sub(hours)?)?
    }

    /// What the hour this many back is to bring by those before it; and what that is of.
    fn usual(&self, back: usize) -> Option<(f64, f64, Basis)> {
        let reach = self.0.len().saturating_sub(back);
        let weeks = (1..=WEEKS).filter(|week| self.back(back + week * WEEK).is_some()).count();
        let days = (1..=WEEKS * 7).take_while(|day| day * 24 <= reach);
        let days = days.filter(|day| self.back(back + day * 24).is_some()).count();
        let basis = match (weeks, days) {
            (WEEKS_MIN.., _) => Basis::HourOfWeek(weeks),
            (_, DAYS_MIN..) => Basis::HourOfDay(days),
            _ => Basis::TrailingDay((1..=24).filter(|hour| self.back(back + hour).is_some()).count()),
        };
        let hours = self.like(back, basis);
        if matches!(basis, Basis::TrailingDay(hours) if hours < HOURS_MIN) {
            return None;
        }
        let usd = median(&mut hours.iter().map(|hour| hour.usd).collect::<Vec<_>>())?;
        let calls = median(&mut hours.iter().map(|hour| hour.calls).collect::<Vec<_>>())?;
        Some((usd, calls, basis))
    }

    /// The hours that are like the one this many back. Of earlier weeks also those beside it: four values alone say little.
    fn like(&self, back: usize, basis: Basis) -> Vec<Hour> {
        let known = |hours: usize| self.back(hours);
        match basis {
            Basis::HourOfWeek(_) => (1..=WEEKS)
                .flat_map(|week| [week * WEEK - 1, week * WEEK, week * WEEK + 1])
                .filter_map(|hours| known(back + hours))
                .collect(),
            Basis::HourOfDay(_) => (1..=WEEKS * 7).filter_map(|day| known(back + day * 24)).collect(),
            Basis::TrailingDay(_) => (1..=24).filter_map(|hour| known(back + hour)).collect(),
        }
    }

    /// Each of the latest hours with what was usual for it.
    fn compared(&self, basis: Basis, hours: usize) -> impl Iterator<Item = (f64, f64)> {
        (1..=hours).filter_map(move |back| {
            let usual = median(&mut self.like(back, basis).iter().map(|hour| hour.usd).collect::<Vec<_>>())?;
            Some((self.back(back)?.usd, usual)).filter(|(_, usual)| *usual > 0.0)
        })
    }

    /// How much more than usual the last days brought: what grows slowly is not odd.
    fn level(&self, basis: Basis) -> f64 {
        if matches!(basis, Basis::TrailingDay(_)) {
            return 1.0;
        }
        let mut ratios: Vec<f64> = self.compared(basis, LEVEL_HOURS).map(|(usd, usual)| usd / usual).collect();
        if ratios.len() < HOURS_MIN { 1.0 } else { median(&mut ratios).unwrap_or(1.0).clamp(LEVEL.0, LEVEL.1) }
    }

    /// How far hours of the last week were from what was usual, per square root of a dollar of that: busy hours vary more.
    fn spread_per_root_dollar(&self, basis: Basis, level: f64) -> f64 {
        let mut off: Vec<f64> = self
            .compared(basis, WEEK)
            .map(|(usd, usual)| (usd - usual * level).abs() / (usual * level).sqrt())
            .collect();
        median(&mut off).unwrap_or_default() * MAD_TO_DEVIATION
    }
}
