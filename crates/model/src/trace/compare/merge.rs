//! Merges two trees, from the top down.

use std::collections::{BTreeMap, HashMap};

use super::{Comparison, Row, Side, Sums};
use crate::span::SpanKind;
use crate::trace::waterfall::columns::Columns;
use crate::trace::waterfall::{SIMILAR_MIN, Waterfall};

/// Service, operation and role by number, the same in both traces.
type Sort = u32;

/// A row before it is written, with its spans in both traces.
struct Waiting {
    level: u32,
    occurrence: Option<u32>,
    has_equals: bool,
    members: [Vec<u32>; 2],
}

/// Siblings of one sort in both traces, by start.
#[derive(Default)]
struct Equals([Vec<u32>; 2]);

struct Merge<'a> {
    traces: [&'a Waterfall; 2],
    sorts: [HashMap<(u32, u32, SpanKind), Sort>; 2],
    names: HashMap<(&'a str, &'a str, SpanKind), Sort>,
    /// The next one last.
    waiting: Vec<Waiting>,
    done: Comparison,
}

/// The rows of two traces, at most so many.
pub(super) fn merged(traces: [&Waterfall; 2], rows_max: usize) -> Comparison {
    let sorts = [HashMap::new(), HashMap::new()];
    let mut merge = Merge { traces, sorts, names: HashMap::new(), waiting: Vec::new(), done: Comparison::default() };
    merge.wait_for(traces.map(Waterfall::tops), 1);
    while let Some(next) = merge.waiting.pop() {
        if merge.done.rows.len() < rows_max {
            merge.write(next);
        } else {
            merge.leave_out(next);
        }
    }
    let mut done = merge.done;
    for (side, trace) in traces.into_iter().enumerate() {
        let mut sums = done.rest[side];
        done.rows.iter().for_each(|row| sums.add(row.sides[side].sums));
        done.totals[side] = Sums { duration_ns: trace.extent().duration_ns, ..sums };
    }
    done
}

impl Merge<'_> {
    /// Writes a row, and lets those below it wait.
    fn write(&mut self, next: Waiting) {
        let Some((shows, first)) =
            (0..2).find_map(|side| Some((self.traces[side].columns(), *next.members[side].first()?)))
        else {
            return;
        };
        let side = |side: usize| {
            let (spans, members) = (self.traces[side].columns(), &next.members[side]);
            Side { sums: Sums::of(spans, members), first: members.first().map(|&span| spans.span_id(span)) }
        };
        self.done.rows.push(Row {
            level: next.level,
            service: shows.service(first).to_owned(),
            operation: shows.operation(first).to_owned(),
            kind: shows.kind(first),
            category: shows.category(first),
            occurrence: next.occurrence,
            has_equals: next.has_equals,
            sides: [side(0), side(1)],
        });
        let below = [0, 1].map(|side| self.below(side, &next.members[side]));
        self.wait_for(below, next.level + 1);
    }

    /// Counts spans that get no row, and all below them.
    fn leave_out(&mut self, next: Waiting) {
        for (side, mut spans) in next.members.into_iter().enumerate() {
            while !spans.is_empty() {
                let sums = Sums::of(self.traces[side].columns(), &spans);
                self.done.rest[side].add(sums);
                spans = self.below(side, &spans);
            }
        }
    }

    /// Children of these spans of one trace.
    fn below(&self, side: usize, spans: &[u32]) -> Vec<u32> {
        spans.iter().flat_map(|&span| self.traces[side].children_of(span)).copied().collect()
    }

    /// Lets siblings wait for their rows, in the order in which the first trace, else the second, began them.
    fn wait_for(&mut self, siblings: [Vec<u32>; 2], level: u32) {
        let mut sorts: BTreeMap<Sort, Equals> = BTreeMap::new();
        for (side, spans) in siblings.into_iter().enumerate() {
            for span in spans {
                sorts.entry(self.sort_of(side, span)).or_default().0[side].push(span);
            }
        }
        let mut rows: Vec<((i64, Sort), Waiting)> = Vec::new();
        for (sort, Equals(mut members)) in sorts {
            for (side, members) in members.iter_mut().enumerate() {
                let spans = self.traces[side].columns();
                members.sort_unstable_by_key(|&span| (spans.start(span), spans.span_id(span)));
            }
            let most = members.iter().map(Vec::len).max().unwrap_or(0);
            if most >= SIMILAR_MIN {
                let begins = (self.begins(&members), sort);
                rows.push((begins, Waiting { level, occurrence: None, has_equals: true, members }));
                continue;
            }
            for place in 0..most {
                let members = [0, 1].map(|side| members[side].get(place).copied().into_iter().collect::<Vec<u32>>());
                let occurrence = Some(place as u32 + 1);
                let begins = (self.begins(&members), sort);
                rows.push((begins, Waiting { level, occurrence, has_equals: most > 1, members }));
            }
        }
        rows.sort_by_key(|(begins, _)| *begins);
        self.waiting.extend(rows.into_iter().rev().map(|(_, row)| row));
    }

    /// When the first of them begins, after the start of its trace.
    fn begins(&self, members: &[Vec<u32>; 2]) -> i64 {
        let of = |side: usize| {
            let trace = self.traces[side];
            let start = members[side].first().map(|&span| trace.columns().start(span))?;
            Some(start.saturating_sub(trace.extent().start_ns))
        };
        of(0).or_else(|| of(1)).unwrap_or(0)
    }

    fn sort_of(&mut self, side: usize, span: u32) -> Sort {
        let spans = self.traces[side].columns();
        let key = spans.sort_of(span);
        if let Some(sort) = self.sorts[side].get(&key) {
            return *sort;
        }
        // There are no more of them than spans.
        let next = self.names.len() as u32;
        let sort = *self.names.entry((spans.service(span), spans.operation(span), spans.kind(span))).or_insert(next);
        self.sorts[side].insert(key, sort);
        sort
    }
}

impl Sums {
    fn of(spans: &Columns, members: &[u32]) -> Self {
        let mut sums = Self::default();
        for &span in members {
            let cost = spans.cost(span);
            sums.add(Self {
                spans: 1,
                cost: cost.unwrap_or_default().into(),
                unpriced: cost.is_none().into(),
                duration_ns: spans.duration(span),
                failed: spans.has_failed(span).into(),
            });
        }
        sums
    }

    fn add(&mut self, other: Self) {
        self.spans += other.spans;
        self.cost += other.cost;
        self.unpriced += other.unpriced;
        self.duration_ns = self.duration_ns.saturating_add(other.duration_ns);
        self.failed += other.failed;
    }
}
