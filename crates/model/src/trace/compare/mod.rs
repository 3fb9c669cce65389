//! Two traces beside each other: their trees merged by path, and what made the difference.
//!
//! A path is service, operation and role from the top down, and which of equal siblings a span is. Where a trace has many siblings of one
//! sort they stand in one row, in both traces, with everything below them pooled. Every span of either trace is in exactly one row, so
//! own costs of rows add up to the totals, and their differences to the difference of the totals. `merge` makes the rows; nothing
//! recurses.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::waterfall::Waterfall;
use crate::id::SpanId;
use crate::span::{Category, SpanKind};
use crate::usd::UsdSum;

mod merge;

/// Rows that are told apart; what is below or after them is one sum. Nobody reads more, and it keeps a comparison under a megabyte.
pub const ROWS_MAX: usize = 5_000;

/// Two traces, merged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// In the order of the tree, each after what it stands below.
    pub rows: Vec<Row>,
    /// Spans without a row of their own, beyond [`ROWS_MAX`], in the first trace and in the second.
    pub rest: [Sums; 2],
    /// The whole of each trace.
    pub totals: [Sums; 2],
}

/// Spans of one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// 1 at the top.
    pub level: u32,
    /// Service.
    pub service: String,
    /// Operation.
    pub operation: String,
    /// Role in the call.
    pub kind: SpanKind,
    /// Sort of work.
    pub category: Category,
    /// Which of equal siblings it is, from 1; `None` when all of them stand in this row.
    pub occurrence: Option<u32>,
    /// Whether it has siblings of the same sort.
    pub has_equals: bool,
    /// Its spans in the first trace, and in the second.
    pub sides: [Side; 2],
}

/// The spans of a row in one of the traces.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Side {
    /// What they add up to.
    pub sums: Sums,
    /// The first of them; `None` when there is none.
    pub first: Option<SpanId>,
}

/// What some spans of one trace add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// How many.
    pub spans: u64,
    /// Known own costs; unknown ones add nothing.
    pub cost: UsdSum,
    /// Spans without a known cost.
    pub unpriced: u64,
    /// Their durations, in nanoseconds; of a whole trace, from its first start to its last end.
    pub duration_ns: i64,
    /// Failed spans.
    pub failed: u64,
}

/// What made the difference between two totals: these rows, and all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drivers {
    /// Places of rows, by how much they differ, either way.
    pub rows: Vec<usize>,
    /// What all other rows, and those without a row, differ by together.
    pub others: UsdSum,
    /// Other rows that differ.
    pub others_count: usize,
}

impl Sums {
    /// Whether not one cost is known of spans that are there.
    pub const fn is_unknown(&self) -> bool {
        self.spans > 0 && self.unpriced == self.spans
    }

    const fn is_empty(&self) -> bool {
        self.spans == 0
    }
}

impl Row {
    /// By how much the second costs more than the first: below zero when it costs less.
    pub fn cost_delta(&self) -> UsdSum {
        delta(self.sides.map(|side| side.sums))
    }

    /// By how many nanoseconds it takes longer.
    pub const fn time_delta_ns(&self) -> i64 {
        self.sides[1].sums.duration_ns.saturating_sub(self.sides[0].sums.duration_ns)
    }

    /// The trace that alone has it: 0 is the first.
    pub const fn only_in(&self) -> Option<usize> {
        match (self.sides[0].sums.is_empty(), self.sides[1].sums.is_empty()) {
            (false, true) => Some(0),
            (true, false) => Some(1),
            _ => None,
        }
    }
}

impl Comparison {
    /// The rows of two traces, the first and the second.
    pub fn of(first: &Waterfall, second: &Waterfall) -> Self {
        merge::merged([first, second], ROWS_MAX)
    }

    /// By how much the second costs more.
    pub fn cost_delta(&self) -> UsdSum {
        delta(self.totals)
    }

    /// Places of all rows, those first that differ most in cost, then in time; equals stay in the order of the tree.
    pub fn by_delta(&self) -> Vec<usize> {
        let mut places: Vec<usize> = (0..self.rows.len()).collect();
        places.sort_by_cached_key(|&place| {
            let row = &self.rows[place];
            Reverse((row.cost_delta().pico().unsigned_abs(), row.time_delta_ns().unsigned_abs()))
        });
        places
    }

    /// The rows that made most of the difference in cost, at most `count`.
    pub fn drivers(&self, count: usize) -> Drivers {
        let mut rows = self.by_delta();
        rows.retain(|&place| self.rows[place].cost_delta() != UsdSum::ZERO);
        let differ = rows.len();
        rows.truncate(count);
        let named: UsdSum = rows.iter().map(|&place| self.rows[place].cost_delta()).sum();
        Drivers { others: self.cost_delta() - named, others_count: differ - rows.len(), rows }
    }
}

fn delta([first, second]: [Sums; 2]) -> UsdSum {
    second.cost - first.cost
}

#[cfg(test)]
mod tests;
