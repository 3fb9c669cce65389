//! Lines of a statement put together to the answer: a series per group, sums over all of it, what is missing.

use std::collections::HashMap;

use model::UsdSum;
use model::cost::{Compared, Others, Split, SplitGroup};

use super::Question;
use super::rows::Line;
use crate::grains;

/// What is put together.
pub(super) struct Assembly {
    split: Split,
    facets: usize,
    /// Start of the first bucket of the range, and of the range before.
    first: i64,
    first_before: i64,
    groups: HashMap<[Option<String>; 2], SplitGroup>,
}

impl Assembly {
    /// An answer without any line.
    pub(super) fn new(question: &Question<'_>) -> Self {
        let (range, bucket_seconds) = (question.range, question.bucket_seconds);
        let first = grains::floor(range.from.timestamp(), bucket_seconds);
        let span = range.to.timestamp() - first;
        let count = usize::try_from((span + bucket_seconds - 1) / bucket_seconds).unwrap_or_default().max(1);
        let split = Split {
            by: question.by.clone(),
            bucket_seconds,
            buckets: (0..count).map(|index| grains::at(first + index as i64 * bucket_seconds)).collect(),
            total: Compared::default(),
            before: if question.compare { vec![UsdSum::ZERO; count] } else { Vec::new() },
            groups: Vec::new(),
            others: None,
            unread: Compared::default(),
        };
        let first_before = grains::floor(range.previous().from.timestamp(), bucket_seconds);
        Self { split, facets: question.by.facets().count(), first, first_before, groups: HashMap::new() }
    }

    /// Adds a line to its group, its bucket and the total.
    pub(super) fn add(&mut self, line: Line) {
        let count = self.split.buckets.len();
        let first = if line.is_before { self.first_before } else { self.first };
        let place =
            usize::try_from((line.bucket - first) / self.split.bucket_seconds).unwrap_or_default().min(count - 1);
        let sums = if line.is_before {
            Compared { before: line.sums, ..Compared::default() }
        } else {
            Compared { now: line.sums, ..Compared::default() }
        };
        self.split.total.add(&sums);
        if line.is_before {
            self.split.before[place] += line.sums.cost;
        }
        let series = || vec![UsdSum::ZERO; count];
        let (group_sums, group_series) = if line.beyond > 0 {
            let others = self.split.others.get_or_insert_with(|| Others {
                groups: 0,
                sums: Compared::default(),
                series: series(),
            });
            others.groups = others.groups.max(line.beyond);
            (&mut others.sums, &mut others.series)
        } else {
            let keys = line.keys.iter().take(self.facets).cloned().collect();
            let group = self.groups.entry(line.keys).or_insert_with(|| SplitGroup {
                keys,
                sums: Compared::default(),
                series: series(),
            });
            (&mut group.sums, &mut group.series)
        };
        group_sums.add(&sums);
        if !line.is_before {
            group_series[place] += line.sums.cost;
        }
    }

    /// The answer; `booked` is what the books have of the same, when it was not read from them.
    pub(super) fn finish(self, booked: Compared) -> Split {
        let Self { mut split, groups, .. } = self;
        split.groups = groups.into_values().collect();
        split.groups.sort_by(|left, right| {
            let spent = |group: &SplitGroup| (group.sums.now.cost, group.sums.before.cost);
            spent(right).cmp(&spent(left)).then_with(|| left.keys.cmp(&right.keys))
        });
        if booked != Compared::default() {
            split.unread = booked.less(&split.total);
            split.total = booked;
        }
        split
    }
}

/// Everything together.
pub(super) fn sum(lines: &[Line]) -> Compared {
    let mut total = Compared::default();
    for line in lines {
        if line.is_before { total.before.add(&line.sums) } else { total.now.add(&line.sums) }
    }
    total
}
