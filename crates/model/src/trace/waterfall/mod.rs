//! The rows of the waterfall: which spans are shown, in which order, how indented, where their bars begin and end.
//!
//! [`Waterfall`] is a trace laid out once, as columns of numbers ([`Columns`] and the rows over them), and makes a full [`Row`]
//! only for the rows asked for, so a window of a large trace costs a window. A row keeps its index whatever is folded:
//! [`Folds`] alone turns the places of what is visible into indices of the unfolded trace, on the server and in the browser
//! alike. Nothing here recurses.

use std::collections::{HashMap, HashSet};

use self::columns::Columns;
use self::critical::Critical;
use self::lines::{Content, Lines};
use self::outline::Outline;
use super::tree::Origin;
use super::tree::links::{Children, Links};
use super::waste::{Calls, Waste};
use crate::budget::crossing::Spent;
use crate::id::SpanId;
use crate::time::UnixNanos;

pub mod axis;
pub mod columns;
mod critical;
mod finding;
pub mod flame;
mod folds;
pub mod graph;
mod gutter;
mod key;
pub mod late;
mod layout;
mod lines;
mod minimap;
mod neighbours;
mod outline;
mod overview;
mod row;
mod running_tab;
mod self_time;
mod share;
mod similar;
mod skew;
pub mod statistics;
mod walk;
mod wasted;
pub mod window;
mod zoom;

pub use finding::{Candidate, FOUND_ROWS_MAX, Finding, Found, Looked};
pub use folds::{Fold, Folds, Gathered, LeftOut};
pub use gutter::{GUTTER_STEPS, Gutter};
pub use key::RowKey;
pub use layout::Layout;
pub use lines::BYTES_PER_ROW;
pub use minimap::MiniBar;
pub use neighbours::{Neighbour, Neighbours};
pub use overview::{Overview, ROWS_STEPPED_MAX, SERVICES_MAX};
pub use row::{Part, Row, RowKind, SimilarRow, SpanRow, Tick};
pub use running_tab::RunningTab;
pub use share::{Least, Share, ShareError};
pub use similar::SIMILAR_MIN;
pub use skew::{Skew, Times};
pub use window::{EventMark, RowWindow};
pub use zoom::Zoom;

/// A trace laid out as rows.
#[derive(Debug)]
pub struct Waterfall {
    spans: Columns,
    children: Children,
    self_ns: Vec<i64>,
    /// Self time of the rows before each one, and of all of them at the end.
    time_before: Vec<i128>,
    critical: Critical,
    lines: Lines,
    extent: Extent,
    /// The trace's first span: the earliest root, else the earliest whose parent never came, else where a circle was cut.
    root: Option<u32>,
    cut_circles: HashSet<u32>,
    orphans: usize,
    waste: Waste,
    skew: Option<Skew>,
}

/// The time a trace covers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Extent {
    /// Start of the first span, in Unix nanoseconds.
    pub start_ns: i64,
    /// From there to the end of the last, in nanoseconds.
    pub duration_ns: i64,
}

impl Extent {
    /// Where `offset_ns` lies in the trace, 0 to 1; a trace without length is all at 0.
    pub fn fraction(self, offset_ns: i64) -> f64 {
        if self.duration_ns == 0 { 0.0 } else { (offset_ns as f64 / self.duration_ns as f64).clamp(0.0, 1.0) }
    }
}

/// What is folded before anybody has folded or opened a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum FoldBase {
    /// Similar siblings.
    #[default]
    Similar,
    /// Nothing.
    Nothing,
    /// Everything below the children of the tops: the trace at a glance.
    Overview,
    /// Everything below this level; the tops are at 1.
    Level(u32),
}

/// A row with all below it, folded or opened at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Branch {
    /// The row.
    pub row: RowKey,
    /// Folded; else opened.
    pub folded: bool,
}

impl Waterfall {
    /// The rows of these spans, in any order, with clocks that are behind corrected, of which nobody looked for calls that are
    /// the same.
    pub fn of(spans: Columns) -> Self {
        Self::with(spans, Times::Corrected, &Calls::default())
    }

    /// The rows of these spans, in any order, with the times of choice.
    pub fn with(mut spans: Columns, times: Times, calls: &Calls) -> Self {
        let mut links = Links::of(spans.len(), |index| spans.linked(index));
        let shifts = skew::shifts(&spans, &links);
        let skew = skew::told(&shifts, times);
        if times == Times::Corrected && skew.is_some() {
            spans.shift(shifts);
            links = Links::of(spans.len(), |index| spans.linked(index));
        }
        let tops: Vec<(u32, Origin)> =
            links.tops().map(|top| (top, links.origin(top, spans.parent_span_id(top)))).collect();
        let root = root(&tops);
        let critical = Critical::of(&spans, &links, root);
        let lines = Outline::of(&spans, &links, &critical);
        let waste = Waste::linked(&spans, &links, calls);
        spans.settle();
        let self_ns = self_time::of_all(&spans, &links);
        let cut = |(top, origin): &(u32, Origin)| (*origin == Origin::CutCircle).then_some(*top);
        Self {
            extent: spans.extent(),
            time_before: flame::time_before(&lines, &self_ns),
            self_ns,
            cut_circles: tops.iter().filter_map(cut).collect(),
            orphans: tops.iter().filter(|(_, origin)| matches!(origin, Origin::MissingParent(_))).count(),
            children: links.into_children(),
            waste,
            root,
            critical,
            lines,
            spans,
            skew,
        }
    }

    /// Rows of the unfolded trace.
    pub const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is nothing to show.
    pub const fn is_empty(&self) -> bool {
        self.lines.len() == 0
    }

    /// Spans among the rows.
    pub const fn spans(&self) -> usize {
        self.spans.len()
    }

    /// The time it covers.
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// Memory it takes.
    pub fn bytes(&self) -> usize {
        // Self time and the two lists of children.
        let by_span = size_of::<i64>() + 2 * size_of::<u32>();
        let by_row = size_of::<i128>();
        let rows = self.lines.bytes() + self.len() * by_row;
        self.spans.bytes() + self.spans.len() * by_span + rows + self.critical.bytes() + self.waste.bytes()
    }

    /// The rows at these indices, as far as they exist.
    pub fn rows(&self, indices: impl IntoIterator<Item = usize>) -> Vec<Row> {
        indices.into_iter().filter(|index| *index < self.len()).map(|index| self.row(index)).collect()
    }

    /// The row of a span.
    pub fn index_of(&self, span_id: SpanId) -> Option<usize> {
        let span = self.spans.find(span_id)?;
        (0..self.len()).find(|&row| self.lines.span(row) == Some(span))
    }

    /// Operation of a span, and when it began, in nanoseconds after the start of the trace.
    pub fn named(&self, span_id: SpanId) -> Option<(&str, i64)> {
        let span = self.spans.find(span_id)?;
        Some((self.spans.operation(span), self.spans.start(span).saturating_sub(self.extent.start_ns)))
    }

    /// What its spans have spent and when, by the clocks they were sent with, in any order.
    pub fn spent(&self) -> impl Iterator<Item = Spent> {
        (0..self.spans.len() as u32).map(|span| Spent {
            span_id: self.spans.span_id(span),
            start: UnixNanos(self.spans.start(span).saturating_sub(self.spans.shifted_ns(span))),
            cost: self.spans.cost(span),
        })
    }

    /// The folds of a view: those of `base`, but for what is folded or opened with all below it, one after the other, and for these
    /// rows besides. Rows without children do not fold.
    pub fn folds(&self, base: FoldBase, branches: &[Branch], folded: &[RowKey], opened: &[RowKey]) -> Folds {
        let by_branch = self.by_branch(branches);
        let (folded, opened): (HashSet<_>, HashSet<_>) = (folded.iter().collect(), opened.iter().collect());
        let by_name = !folded.is_empty() || !opened.is_empty();
        let chosen = (0..self.len()).filter(|&row| {
            let of_base = match base {
                FoldBase::Similar => matches!(self.lines.content(row), Content::Similar(_)),
                FoldBase::Nothing => false,
                FoldBase::Overview => self.lines.level(row) == 2,
                FoldBase::Level(level) => self.lines.level(row) == level,
            };
            let is_folded = by_branch.get(row).copied().flatten().unwrap_or(of_base);
            if !by_name {
                return is_folded;
            }
            let key = self.key(row);
            folded.contains(&key) || (is_folded && !opened.contains(&key))
        });
        Folds::new(chosen.map(|row| self.fold(row)))
    }

    /// What branches say of every row, the last one that it is in; nothing when there are none.
    fn by_branch(&self, branches: &[Branch]) -> Vec<Option<bool>> {
        if branches.is_empty() {
            return Vec::new();
        }
        let mut rows: HashMap<RowKey, Option<usize>> = branches.iter().map(|branch| (branch.row, None)).collect();
        for row in 0..self.len() {
            if let Some(found) = rows.get_mut(&self.key(row)) {
                *found = Some(row);
            }
        }
        let mut said = vec![None; self.len()];
        for branch in branches {
            if let Some(row) = rows.get(&branch.row).copied().flatten() {
                said[row..=row + self.lines.descendants(row)].fill(Some(branch.folded));
            }
        }
        said
    }

    /// The row at `row`, folded.
    fn fold(&self, row: usize) -> Fold {
        let similar_spans = match self.lines.content(row) {
            Content::Similar(_) => self.lines.sums(row).spans as usize,
            Content::Span(_) | Content::Missing(_) => 0,
        };
        Fold { index: row, descendants: self.lines.descendants(row), similar_spans }
    }

    fn key(&self, row: usize) -> RowKey {
        match self.lines.content(row) {
            Content::Span(span) => RowKey::Span(self.spans.span_id(span)),
            Content::Missing(stub) => RowKey::Span(self.lines.stub(stub).span_id),
            Content::Similar(group) => RowKey::Similar(self.spans.span_id(self.lines.group(group).first)),
        }
    }
}

fn root(tops: &[(u32, Origin)]) -> Option<u32> {
    let rank = |(_, origin): &&(u32, Origin)| match origin {
        Origin::Root => 0,
        Origin::MissingParent(_) => 1,
        Origin::CutCircle | Origin::Child => 2,
    };
    tops.iter().min_by_key(rank).map(|(top, _)| *top)
}

#[cfg(test)]
pub(super) mod tests;
