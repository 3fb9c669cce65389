//! Which traces arrive when: a pure function of the seed and the calendar.
//!
//! Every stretch of time decides for itself what happens in it, from the seed and its own number alone. So loading the demo
//! twice sends the same traces with the same ids for the hours both cover, which count once, and live traffic continues
//! history without a seam.

use chrono::{DateTime, TimeDelta, Utc};
use model::time::TimeRange;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::rhythm;

/// A trace that ends at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// When its last span ends: it is sent then.
    pub at: DateTime<Utc>,
    /// Decides everything else about it.
    pub key: u64,
    /// What sort of traffic it belongs to.
    pub traffic: Traffic,
}

/// Sorts of traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// The day's work of agents, robots and people; nearly all of the spend.
    Work,
    /// Small, cheap and frequent: makes the last hour and live traffic dense without changing the spend.
    Light,
    /// An agent that retries in circles, at ten times the usual cost.
    Storm,
    /// A job that went through far more than it should have, days ago.
    Runaway(Job),
}

/// Jobs that once ran away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// `reindex_corpus` of northwind.
    Reindex,
    /// `nightly_eval` of halden-labs.
    Evaluation,
}

/// Light traces per minute at average traffic: lively, and under 200 000 spans a day.
const LIGHT_PER_MINUTE: f64 = 14.0;

const HOUR_SECONDS: i64 = 3_600;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;
/// One trace of a storm per this many seconds.
const STORM_SECONDS: i64 = 40;
/// Traces of a storm that is history.
const PAST_STORM_TRACES: i64 = 5;

/// The seed, and how much work there is.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Decides everything that is left to chance.
    pub seed: u64,
    /// Work traces per hour at average traffic.
    pub work_per_hour: f64,
}

impl Schedule {
    /// Work in `range`, oldest first.
    pub fn work(&self, range: TimeRange) -> Vec<Arrival> {
        self.slots(range, HOUR_SECONDS, self.work_per_hour, Traffic::Work)
    }

    /// Light traffic in `range`, oldest first.
    pub fn light(&self, range: TimeRange) -> Vec<Arrival> {
        self.slots(range, 60, LIGHT_PER_MINUTE, Traffic::Light)
    }

    fn slots(&self, range: TimeRange, seconds: i64, expected: f64, traffic: Traffic) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for slot in slots(range, seconds) {
            let mut rng = self.rng(stream(traffic), slot);
            let start = moment(slot * seconds);
            // The fraction left over becomes one more with that probability.
            let count = (expected * rhythm::share(start) + rng.random_range(0.0..1.0)) as u32;
            arrivals.extend((0..count).map(|_| Arrival {
                at: start + TimeDelta::microseconds(rng.random_range(0..seconds * 1_000_000)),
                key: rng.random(),
                traffic,
            }));
        }
        within(arrivals, range)
    }

    /// What went wrong in `range`, days ago: every few days one tenant has an accident.
    pub fn accidents(&self, range: TimeRange) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for day in slots(range, DAY_SECONDS) {
            let mut rng = self.rng(3, day);
            let at = moment(day * DAY_SECONDS) + TimeDelta::minutes(rng.random_range(9 * 60..16 * 60));
            let mut add = |at, traffic| arrivals.push(Arrival { at, key: rng.random(), traffic });
            if day % 5 == 2 {
                add(at, Traffic::Runaway(Job::Reindex));
            }
            if day % 6 == 1 {
                add(at - TimeDelta::hours(7), Traffic::Runaway(Job::Evaluation));
            }
            if day % 7 == 3 {
                (0..PAST_STORM_TRACES).for_each(|n| add(at + TimeDelta::seconds(STORM_SECONDS * n), Traffic::Storm));
            }
        }
        within(arrivals, range)
    }

    /// The storm that rages while people look: from minutes before `live_from` on, then a gust every half hour.
    pub fn storm(&self, range: TimeRange, live_from: DateTime<Utc>) -> Vec<Arrival> {
        let mut arrivals = Vec::new();
        for slot in slots(range, STORM_SECONDS) {
            let mut rng = self.rng(4, slot);
            let at = moment(slot * STORM_SECONDS) + TimeDelta::milliseconds(rng.random_range(0..STORM_SECONDS * 1_000));
            if is_stormy(at, live_from) {
                arrivals.push(Arrival { at, key: rng.random(), traffic: Traffic::Storm });
            }
        }
        within(arrivals, range)
    }

    fn rng(&self, stream: u64, slot: i64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed ^ slot.unsigned_abs());
        rng.set_stream(stream);
        rng
    }
}

const fn stream(traffic: Traffic) -> u64 {
    match traffic {
        Traffic::Light => 2,
        _ => 1,
    }
}

/// Minutes before live traffic in which the storm begins: an alert is firing when the dashboard opens.
const STORM_LEAD_MINUTES: i64 = 5;

fn is_stormy(at: DateTime<Utc>, live_from: DateTime<Utc>) -> bool {
    let minutes = (at - live_from).num_seconds().div_euclid(60);
    let first = (-STORM_LEAD_MINUTES..15).contains(&minutes);
    first || (minutes > 0 && minutes % 30 >= 27)
}

fn slots(range: TimeRange, seconds: i64) -> std::ops::RangeInclusive<i64> {
    range.from.timestamp().div_euclid(seconds)..=range.to.timestamp().div_euclid(seconds)
}

fn within(mut arrivals: Vec<Arrival>, range: TimeRange) -> Vec<Arrival> {
    arrivals.retain(|arrival| range.from <= arrival.at && arrival.at < range.to);
    arrivals.sort_by_key(|arrival| (arrival.at, arrival.key));
    arrivals
}

fn moment(unix_seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(unix_seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEDULE: Schedule = Schedule { seed: 7, work_per_hour: 12.0 };

    fn range(from_hours: i64, to_hours: i64) -> TimeRange {
        let start: DateTime<Utc> = "2026-11-02T00:30:00Z".parse().expect("a valid time");
        TimeRange { from: start + TimeDelta::hours(from_hours), to: start + TimeDelta::hours(to_hours) }
    }

    #[test]
    fn overlapping_ranges_agree_on_what_both_cover() {
        let early = SCHEDULE.work(range(0, 48));
        let late = SCHEDULE.work(range(24, 72));
        let overlap = |all: &[Arrival]| within(all.to_vec(), range(24, 48));
        assert_eq!(overlap(&early), overlap(&late));
        assert!(!overlap(&early).is_empty());
    }

    #[test]
    fn a_fortnight_has_as_much_work_as_asked_for() {
        let count = SCHEDULE.work(range(0, 14 * 24)).len();
        assert!((3_700..4_400).contains(&count), "{count}");
    }

    #[test]
    fn a_fortnight_has_every_accident() {
        let accidents = SCHEDULE.accidents(range(0, 14 * 24));
        for traffic in [Traffic::Storm, Traffic::Runaway(Job::Reindex), Traffic::Runaway(Job::Evaluation)] {
            assert!(accidents.iter().any(|arrival| arrival.traffic == traffic), "{traffic:?}");
        }
    }

    #[test]
    fn the_storm_rages_when_live_traffic_begins_and_comes_back() {
        let live = range(10, 11);
        let storm = |from, to| SCHEDULE.storm(range(from, to), live.from).len();
        assert!(storm(9, 10) >= 4, "in the minutes before");
        assert!(storm(10, 11) >= 20, "at the start");
        assert!((5..15).contains(&storm(12, 13)), "in gusts");
        assert_eq!(storm(0, 9), 0);
    }

    #[test]
    fn another_seed_is_another_world() {
        let other = Schedule { seed: 8, ..SCHEDULE };
        assert_ne!(SCHEDULE.light(range(0, 1)), other.light(range(0, 1)));
    }
}
