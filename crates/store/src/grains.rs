//! The widths totals are kept in, and which of them a range of time is read from.

use chrono::{DateTime, Utc};
use model::time::TimeRange;

/// Widths of `cost_rollup` and `latency_sketch` buckets in seconds, widest first; each divides the one before.
pub(crate) const GRAINS: [i32; 3] = [3600, 600, 60];

/// Widths of `edge_rollup` buckets in seconds, widest first; each divides the one before.
pub(crate) const EDGE_GRAINS: [i32; 2] = [86_400, 600];

/// A stretch of time and the width of the buckets that cover it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) grain: i32,
    /// Seconds since 1970.
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// Covers `range`, widened to whole minutes, by the fewest buckets whose width divides `step_seconds`: hours inside, ten
/// minutes and minutes at the ends.
pub(crate) fn cover(range: TimeRange, step_seconds: i64) -> Vec<Stretch> {
    let fitting = GRAINS.into_iter().filter(|grain| step_seconds % i64::from(*grain) == 0);
    cover_by(range, 60, fitting)
}

/// Covers `range`, widened to whole ten minutes, by the fewest buckets of edges.
pub(crate) fn cover_edges(range: TimeRange) -> Vec<Stretch> {
    cover_by(range, 600, EDGE_GRAINS.into_iter())
}

fn cover_by(range: TimeRange, finest: i64, grains: impl Iterator<Item = i32>) -> Vec<Stretch> {
    let mut open = vec![(floor(range.from.timestamp(), finest), ceil(whole_seconds_up(range.to), finest))];
    let mut stretches = Vec::new();
    for grain in grains {
        let mut rest = Vec::new();
        for (from, to) in open {
            let (inner_from, inner_to) = (ceil(from, grain.into()), floor(to, grain.into()));
            if inner_from < inner_to {
                stretches.push(Stretch { grain, from: inner_from, to: inner_to });
                rest.extend([(from, inner_from), (inner_to, to)].into_iter().filter(|(from, to)| from < to));
            } else {
                rest.push((from, to));
            }
        }
        open = rest;
    }
    stretches
}

/// Seconds since 1970 of the first whole second not before `time`.
fn whole_seconds_up(time: DateTime<Utc>) -> i64 {
    time.timestamp() + i64::from(time.timestamp_subsec_nanos() > 0)
}

/// The last multiple of `step` not after `seconds`.
pub(crate) fn floor(seconds: i64, step: i64) -> i64 {
    seconds.div_euclid(step) * step
}

/// The first multiple of `step` not before `seconds`.
pub(crate) fn ceil(seconds: i64, step: i64) -> i64 {
    floor(seconds + step - 1, step)
}

/// Seconds since 1970 as a time; those of buckets are within the calendar because they came from one.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

/// The columns of a list of stretches, as a statement takes them.
pub(crate) fn columns(stretches: &[Stretch]) -> (Vec<i32>, Vec<DateTime<Utc>>, Vec<DateTime<Utc>>) {
    let grains = stretches.iter().map(|stretch| stretch.grain).collect();
    let from = stretches.iter().map(|stretch| at(stretch.from)).collect();
    let to = stretches.iter().map(|stretch| at(stretch.to)).collect();
    (grains, from, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_minute_of_a_range_is_covered_once(from in 0i64..10_000_000, length in 1i64..1_000_000, step in prop::sample::select(vec![60i64, 600, 1800, 3600, 86_400])) {
            let mut stretches = cover(TimeRange { from: at(from), to: at(from + length) }, step);
            stretches.sort_by_key(|stretch| stretch.from);
            prop_assert_eq!(stretches[0].from, floor(from, 60));
            prop_assert_eq!(stretches.last().unwrap().to, ceil(from + length, 60));
            for pair in stretches.windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            for stretch in stretches {
                prop_assert!(step % i64::from(stretch.grain) == 0 && stretch.from % i64::from(stretch.grain) == 0);
            }
        }
    }

    #[test]
    fn edges_of_weeks_are_read_from_days() {
        let stretches = cover_edges(TimeRange { from: at(86_000), to: at(1_000_000) });
        assert_eq!(stretches.iter().map(|stretch| stretch.grain).collect::<Vec<_>>(), [86_400, 600, 600]);
        assert_eq!((stretches[1].from, stretches[2].to), (85_800, 1_000_200));
    }

    #[test]
    fn a_long_range_is_read_from_hours() {
        let stretches = cover(TimeRange { from: at(3_000), to: at(100_000) }, 3600);
        assert_eq!(stretches.iter().map(|stretch| stretch.grain).collect::<Vec<_>>(), [3600, 600, 600, 60]);
        assert_eq!((stretches[0].from, stretches[0].to), (3600, 97_200));
    }
}
