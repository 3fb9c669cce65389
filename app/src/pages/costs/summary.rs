//! A breakdown cut down to what a page shows: the dearest by themselves, the rest together, nothing lost.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Breakdown, Group};
use model::time::TimeRange;

use super::api::{Costs, Line, Part, PartName};
use crate::charts::spend::SERIES_MAX;

/// Lines of the breakdown: a screen's worth; what is left out is said with its sum.
const LINES_MAX: usize = 40;

/// Points of a sparkline: it is 92 pixels wide.
const SHAPE_POINTS_MAX: usize = 46;

/// The page's answer from two breakdowns, of `range` and of the one before.
pub fn summarise(
    current: Breakdown,
    before: &Breakdown,
    unattributed: UsdSum,
    range: TimeRange,
    now: DateTime<Utc>,
) -> Costs {
    let earlier: HashMap<Option<&str>, UsdSum> =
        before.groups.iter().map(|group| (group.key.as_deref(), group.sums.cost)).collect();
    let line = |group: &Group| Line {
        key: group.key.clone(),
        sums: group.sums,
        before: earlier.get(&group.key.as_deref()).copied().unwrap_or_default(),
        shape: shape(&group.series),
    };
    let lines: Vec<Line> = current.groups.iter().take(LINES_MAX).map(line).collect();
    let rest = current.groups.get(LINES_MAX..).unwrap_or_default();
    let left_out = (rest.len(), rest.iter().map(|group| group.sums.cost).sum());
    let had_spend = before.total.cost > UsdSum::ZERO;
    Costs {
        now,
        range,
        bucket_seconds: current.bucket_seconds,
        by: current.by,
        total: current.total,
        before: before.total.cost,
        unattributed,
        parts: parts(&current),
        previous: if had_spend { per_bucket(&before.groups, current.buckets.len()) } else { Vec::new() },
        lines,
        left_out,
        buckets: current.buckets,
    }
}

/// The dearest groups that spent anything, then everything else as one.
fn parts(breakdown: &Breakdown) -> Vec<Part> {
    let spent: Vec<&Group> = breakdown.groups.iter().filter(|group| group.sums.cost > UsdSum::ZERO).collect();
    // One group more than fits by itself still fits: "1 other" would save nothing.
    let alone = if spent.len() <= SERIES_MAX + 1 { spent.len() } else { SERIES_MAX };
    let (dearest, rest) = spent.split_at(alone);
    let mut parts: Vec<Part> = dearest
        .iter()
        .map(|group| Part { name: PartName::Group(group.key.clone()), values: group.series.clone() })
        .collect();
    if !rest.is_empty() {
        let values = per_bucket(rest.iter().copied(), breakdown.buckets.len());
        parts.push(Part { name: PartName::Others(rest.len()), values });
    }
    parts
}

fn per_bucket<'a>(groups: impl IntoIterator<Item = &'a Group>, buckets: usize) -> Vec<UsdSum> {
    let mut sums = vec![UsdSum::ZERO; buckets];
    for group in groups {
        for (sum, value) in sums.iter_mut().zip(&group.series) {
            *sum += *value;
        }
    }
    sums
}

/// A series in at most [`SHAPE_POINTS_MAX`] points; for drawing only, so doubles will do.
fn shape(series: &[UsdSum]) -> Vec<f64> {
    let width = series.len().div_ceil(SHAPE_POINTS_MAX).max(1);
    series.chunks(width).map(|chunk| chunk.iter().copied().sum::<UsdSum>().pico() as f64 / 1e12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::cost::{Dimension, Sums};

    fn breakdown(costs: &[i128]) -> Breakdown {
        let now: DateTime<Utc> = "2026-11-17T12:00:00Z".parse().unwrap();
        let group = |(index, cents): (usize, &i128)| {
            let cost = UsdSum::from_pico(cents * 10_000_000_000);
            Group { key: Some(format!("tenant-{index}")), sums: Sums { cost, ..Sums::default() }, series: vec![cost] }
        };
        let groups: Vec<Group> = costs.iter().enumerate().map(group).collect();
        let cost = groups.iter().map(|group| group.sums.cost).sum();
        Breakdown {
            by: Dimension::Tenant,
            bucket_seconds: 60,
            buckets: vec![now],
            total: Sums { cost, ..Sums::default() },
            groups,
        }
    }

    fn summary(costs: &[i128]) -> Costs {
        let current = breakdown(costs);
        let range = TimeRange::last_seconds(60, current.buckets[0]);
        summarise(current, &breakdown(&[]), UsdSum::ZERO, range, range.to)
    }

    #[test]
    fn the_parts_of_the_chart_add_up_to_the_total() {
        let costs: Vec<i128> = (1..=60).rev().collect();
        let summary = summary(&costs);
        assert_eq!(summary.parts.len(), SERIES_MAX + 1);
        assert_eq!(summary.parts[SERIES_MAX].name, PartName::Others(54));
        assert_eq!(summary.parts.iter().map(|part| part.values[0]).sum::<UsdSum>(), summary.total.cost);
    }

    #[test]
    fn the_lines_and_what_is_left_out_add_up_to_the_total() {
        let costs: Vec<i128> = (1..=60).rev().collect();
        let summary = summary(&costs);
        assert_eq!(summary.left_out.0, 20);
        let shown: UsdSum = summary.lines.iter().map(|line| line.sums.cost).sum();
        assert_eq!(shown + summary.left_out.1, summary.total.cost);
    }

    #[test]
    fn seven_parts_are_shown_by_themselves() {
        assert!(summary(&[7, 6, 5, 4, 3, 2, 1]).parts.iter().all(|part| matches!(part.name, PartName::Group(_))));
    }

    #[test]
    fn nothing_before_draws_no_period_before() {
        assert_eq!(summary(&[1]).previous, []);
    }
}
