//! A breakdown cut down to what a page shows: the dearest by themselves, the rest together, nothing lost.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Compared, Dimension, Grouping, Split, SplitGroup};
use model::time::TimeRange;

use super::alarms::Alarms;
use super::api::{Costs, Line, Part, PartName, Table};
use crate::charts::spend::SERIES_MAX;

/// Lines of the breakdown: a screen's worth; what is left out is said with its sum.
pub const LINES_MAX: usize = 40;

/// Points of a sparkline: it is 92 pixels wide.
const SHAPE_POINTS_MAX: usize = 46;

/// The page's answer from spend by one dimension and its breakdown, without any alarm.
pub fn summarise(split: Split, table: Table, unattributed: UsdSum, range: TimeRange, now: DateTime<Utc>) -> Costs {
    let had_spend = split.total.before.cost > UsdSum::ZERO;
    Costs {
        now,
        range,
        bucket_seconds: split.bucket_seconds,
        by: split.by.first.dimension().unwrap_or(Dimension::Total),
        total: split.total.now,
        before: split.total.before.cost,
        unattributed,
        parts: parts(&split),
        previous: if had_spend { split.before } else { Vec::new() },
        table,
        buckets: split.buckets,
        alarms: Alarms::default(),
    }
}

/// The breakdown: every group that has a span in the range or spent before, dearest first.
pub fn table(split: &Split) -> Table {
    let line = |group: &SplitGroup| Line {
        keys: group.keys.clone(),
        sums: group.sums,
        shape: shape(&group.series),
        traces: None,
    };
    let is_there = |group: &&SplitGroup| group.sums != Compared::default();
    let others = split.others.as_ref();
    Table {
        by: split.by.clone(),
        lines: split.groups.iter().filter(is_there).map(line).collect(),
        left_out: others.map(|others| (others.groups, others.sums)).unwrap_or_default(),
        total: split.total,
        unread: split.unread,
        traces: None,
        refused: None,
    }
}

/// A breakdown that cannot be read over the range, and why.
pub fn refused(split: &Split, by: Grouping, reason: String) -> Table {
    let (total, unread) = (split.total, Compared::default());
    Table { by, lines: Vec::new(), left_out: Default::default(), total, unread, traces: None, refused: Some(reason) }
}

/// The dearest groups that spent anything, then everything else as one.
fn parts(split: &Split) -> Vec<Part> {
    let spent: Vec<&SplitGroup> = split.groups.iter().filter(|group| group.sums.now.cost > UsdSum::ZERO).collect();
    let others = split.others.as_ref().filter(|others| others.sums.now.cost > UsdSum::ZERO);
    // One group more than fits by itself still fits: "1 other" would save nothing.
    let alone =
        if spent.len() <= SERIES_MAX + 1 && others.is_none() { spent.len() } else { SERIES_MAX.min(spent.len()) };
    let (dearest, rest) = spent.split_at(alone);
    let mut parts: Vec<Part> = dearest
        .iter()
        .map(|group| Part {
            name: PartName::Group(group.keys.first().cloned().flatten()),
            values: group.series.clone(),
        })
        .collect();
    let beyond = others.map_or(0, |others| usize::try_from(others.groups).unwrap_or_default());
    if !rest.is_empty() || beyond > 0 {
        let series = rest.iter().map(|group| &group.series).chain(others.map(|others| &others.series));
        let values = per_bucket(series, split.buckets.len());
        parts.push(Part { name: PartName::Others(rest.len() + beyond), values });
    }
    parts
}

fn per_bucket<'a>(series: impl IntoIterator<Item = &'a Vec<UsdSum>>, buckets: usize) -> Vec<UsdSum> {
    let mut sums = vec![UsdSum::ZERO; buckets];
    for values in series {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += *value;
        }
    }
    sums
}

/// A series in at most [`SHAPE_POINTS_MAX`] points; for drawing only, so doubles will do.
fn shape(series: &[UsdSum]) -> Vec<f64> {
    let width = series.len().div_ceil(SHAPE_POINTS_MAX).max(1);
    series.chunks(width).map(|chunk| chunk.iter().copied().sum::<UsdSum>().to_f64()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::cost::{Others, Sums};

    /// Spend in cents by tenant, dearest first, so many of them told apart.
    fn split(costs: &[i128], before: i128) -> Split {
        let now: DateTime<Utc> = "2026-11-17T12:00:00Z".parse().unwrap();
        let sums = |cents: i128| Sums { cost: UsdSum::from_pico(cents * 10_000_000_000), spans: 1, ..Sums::default() };
        let now_only = |cents: i128| Compared { now: sums(cents), ..Compared::default() };
        let group = |(index, cents): (usize, &i128)| SplitGroup {
            keys: vec![Some(format!("tenant-{index}"))],
            sums: now_only(*cents),
            series: vec![sums(*cents).cost],
        };
        let groups: Vec<SplitGroup> = costs.iter().take(LINES_MAX).enumerate().map(group).collect();
        let rest: i128 = costs.iter().skip(LINES_MAX).sum();
        let others = (costs.len() > LINES_MAX).then(|| Others {
            groups: (costs.len() - LINES_MAX) as i64,
            sums: now_only(rest),
            series: vec![sums(rest).cost],
        });
        let before = if before > 0 { sums(before) } else { Sums::default() };
        Split {
            by: Grouping::by(Dimension::Tenant),
            bucket_seconds: 60,
            buckets: vec![now],
            total: Compared { now: sums(costs.iter().sum()), before },
            before: vec![before.cost],
            groups,
            others,
            unread: Compared::default(),
        }
    }

    fn summary(costs: &[i128], before: i128) -> Costs {
        let split = split(costs, before);
        let range = TimeRange::last_seconds(60, split.buckets[0]);
        let table = table(&split);
        summarise(split, table, UsdSum::ZERO, range, range.to)
    }

    #[test]
    fn the_parts_of_the_chart_add_up_to_the_total() {
        let costs: Vec<i128> = (1..=60).rev().collect();
        let summary = summary(&costs, 0);
        assert_eq!(summary.parts.len(), SERIES_MAX + 1);
        assert_eq!(summary.parts[SERIES_MAX].name, PartName::Others(54));
        assert_eq!(summary.parts.iter().map(|part| part.values[0]).sum::<UsdSum>(), summary.total.cost);
    }

    #[test]
    fn the_lines_and_what_is_left_out_add_up_to_the_total() {
        let costs: Vec<i128> = (1..=60).rev().collect();
        let Table { lines, left_out, total, .. } = summary(&costs, 0).table;
        assert_eq!(left_out.0, 20);
        let shown: UsdSum = lines.iter().map(|line| line.sums.now.cost).sum();
        assert_eq!(shown + left_out.1.now.cost, total.now.cost);
    }

    #[test]
    fn seven_parts_are_shown_by_themselves() {
        let summary = summary(&[7, 6, 5, 4, 3, 2, 1], 0);
        assert!(summary.parts.iter().all(|part| matches!(part.name, PartName::Group(_))));
    }

    #[test]
    fn nothing_before_draws_no_period_before() {
        assert_eq!(summary(&[1], 0).previous, []);
        assert_eq!(summary(&[1], 2).previous.len(), 1);
    }

    #[test]
    fn a_group_without_anything_now_or_before_is_no_line() {
        let mut split = split(&[2, 1], 0);
        split.groups[1].sums = Compared::default();
        assert_eq!(table(&split).lines.len(), 1);
        split.groups[1].sums.before.spans = 1;
        assert_eq!(table(&split).lines.len(), 2, "it spent before");
    }
}
