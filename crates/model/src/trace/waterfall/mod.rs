//! The rows of the waterfall: which spans are shown, in which order, how indented, where their bars begin and end.
//!
//! [`Waterfall`] holds a cheap line per row of the unfolded trace and makes a full [`Row`] only for the rows asked for, so a
//! window of a large trace costs a window. A row keeps its index whatever is folded: [`Folds`] alone turns the indices of
//! what is visible into indices of the unfolded trace, on the server and in the browser alike.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::Skeleton;
use super::tree::{Origin, Tree, end_of};
use crate::id::SpanId;
use crate::usd::UsdSum;

pub mod axis;
mod folds;
mod minimap;
mod row;
mod running_tab;

pub use folds::{Fold, Folds};
pub use minimap::MiniBar;
pub use row::{Part, Row, RowKind, SpanRow};
pub use running_tab::RunningTab;

/// A trace laid out as rows.
#[derive(Debug)]
pub struct Waterfall<'a> {
    spans: &'a [Skeleton],
    tree: Tree,
    lines: Vec<Line>,
    extent: Extent,
}

/// One row before it is filled in.
#[derive(Debug, Clone, Copy)]
struct Line {
    content: Content,
    level: u32,
    descendants: usize,
    /// Place among its siblings, from 1, and how many they are.
    sibling: (usize, usize),
}

#[derive(Debug, Clone, Copy)]
enum Content {
    /// A node of the tree, by position.
    Node(usize),
    /// Stands for a parent that never came.
    Missing(SpanId),
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
    fn of(spans: &[Skeleton]) -> Self {
        let start_ns = spans.iter().map(|span| span.start.0).min().unwrap_or(0);
        let end = spans.iter().map(end_of).max().unwrap_or(start_ns);
        Self { start_ns, duration_ns: end.saturating_sub(start_ns) }
    }

    /// Where `offset_ns` lies in the trace, 0 to 1; a trace without length is all at 0.
    pub fn fraction(self, offset_ns: i64) -> f64 {
        if self.duration_ns == 0 { 0.0 } else { (offset_ns as f64 / self.duration_ns as f64).clamp(0.0, 1.0) }
    }
}

impl<'a> Waterfall<'a> {
    /// The rows of these spans, in any order.
    pub fn of(spans: &'a [Skeleton]) -> Self {
        let tree = Tree::of(spans);
        let lines = lines(&tree);
        Self { spans, tree, lines, extent: Extent::of(spans) }
    }

    /// Rows of the unfolded trace: one per span and one per parent that never came.
    pub const fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no span.
    pub const fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The time it covers.
    pub const fn extent(&self) -> Extent {
        self.extent
    }

    /// The tree it is made of.
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The rows in `range`, as far as they exist.
    pub fn rows(&self, range: Range<usize>) -> Vec<Row> {
        (range.start..range.end.min(self.len())).map(|index| self.row(index)).collect()
    }

    /// The row of a span.
    pub fn index_of(&self, span_id: SpanId) -> Option<usize> {
        self.lines.iter().position(|line| self.line_id(line) == span_id && matches!(line.content, Content::Node(_)))
    }

    /// The folds named by span id, stubs included by the id of the missing parent; rows without children do not fold.
    pub fn folds(&self, folded: &[SpanId]) -> Folds {
        let folded: HashSet<SpanId> = folded.iter().copied().collect();
        let chosen = |(index, line): (usize, &Line)| {
            let folds = line.descendants > 0 && folded.contains(&self.line_id(line));
            folds.then_some(Fold { index, descendants: line.descendants })
        };
        Folds::new(self.lines.iter().enumerate().filter_map(chosen))
    }

    /// Everything folded below the children of the tops: the trace at a glance.
    pub fn folds_of_overview(&self) -> Folds {
        let chosen = |(index, line): (usize, &Line)| {
            (line.level == 2 && line.descendants > 0).then_some(Fold { index, descendants: line.descendants })
        };
        Folds::new(self.lines.iter().enumerate().filter_map(chosen))
    }

    /// Indices of the rows of failed spans, the first `limit`.
    pub fn failed_rows(&self, limit: usize) -> Vec<usize> {
        let failed = |&(_, line): &(usize, &Line)| {
            self.span_of(line).is_some_and(|span| span.status == crate::span::Status::Error)
        };
        self.lines.iter().enumerate().filter(failed).map(|(index, _)| index).take(limit).collect()
    }

    /// The row of the span with the highest own cost above zero; of equals the first.
    pub fn dearest_row(&self) -> Option<usize> {
        let cost = |line: &Line| self.span_of(line).and_then(|span| span.cost).filter(|cost| cost.pico() > 0);
        let priced = self.lines.iter().enumerate().filter_map(|(index, line)| Some((index, cost(line)?)));
        priced.min_by_key(|&(index, cost)| (std::cmp::Reverse(cost), index)).map(|(index, _)| index)
    }

    /// The own cost of every span, and the subtree costs of the tops: equal, or the tree lost money.
    pub fn sums(&self) -> (UsdSum, UsdSum) {
        let own = self.spans.iter().filter_map(|span| span.cost).sum();
        let tops = self.tree.tops().filter_map(|top| self.tree.nodes()[top].subtree_cost).sum();
        (own, tops)
    }

    fn span_of(&self, line: &Line) -> Option<&'a Skeleton> {
        match line.content {
            Content::Node(node) => Some(&self.spans[self.tree.nodes()[node].span]),
            Content::Missing(_) => None,
        }
    }

    fn line_id(&self, line: &Line) -> SpanId {
        match line.content {
            Content::Node(node) => self.spans[self.tree.nodes()[node].span].span_id,
            Content::Missing(span_id) => span_id,
        }
    }
}

/// The tree's nodes in order, with a row for each missing parent above the spans that name it.
fn lines(tree: &Tree) -> Vec<Line> {
    let mut groups: Vec<(Option<SpanId>, Vec<usize>)> = Vec::new();
    let mut group_of: HashMap<SpanId, usize> = HashMap::new();
    for top in tree.tops() {
        match tree.nodes()[top].origin {
            Origin::MissingParent(parent) => {
                let group = *group_of.entry(parent).or_insert(groups.len());
                if group == groups.len() {
                    groups.push((Some(parent), Vec::new()));
                }
                groups[group].1.push(top);
            }
            Origin::Root | Origin::Child | Origin::CutCircle => groups.push((None, vec![top])),
        }
    }
    let siblings = sibling_places(tree);
    let mut lines = Vec::with_capacity(tree.nodes().len() + group_of.len());
    let group_count = groups.len();
    for (place, (missing, tops)) in groups.into_iter().enumerate() {
        let at_top = (place + 1, group_count);
        if let Some(parent) = missing {
            let descendants = tops.iter().map(|&top| tree.nodes()[top].descendants + 1).sum();
            lines.push(Line { content: Content::Missing(parent), level: 1, descendants, sibling: at_top });
        }
        for (nth, &top) in tops.iter().enumerate() {
            let top_sibling = if missing.is_some() { (nth + 1, tops.len()) } else { at_top };
            let subtree = tree.nodes().iter().zip(&siblings).enumerate();
            for (position, (node, sibling)) in subtree.skip(top).take(tree.nodes()[top].descendants + 1) {
                lines.push(Line {
                    content: Content::Node(position),
                    level: node.depth + u32::from(missing.is_some()),
                    descendants: node.descendants,
                    sibling: if position == top { top_sibling } else { *sibling },
                });
            }
        }
    }
    lines
}

/// Place and number of siblings for every node below the top.
fn sibling_places(tree: &Tree) -> Vec<(usize, usize)> {
    let mut children = vec![0usize; tree.nodes().len()];
    let mut places = vec![(0, 0); tree.nodes().len()];
    for (position, node) in tree.nodes().iter().enumerate() {
        if let Some(parent) = node.parent {
            children[parent] += 1;
            places[position].0 = children[parent];
        }
    }
    for (position, node) in tree.nodes().iter().enumerate() {
        places[position].1 = node.parent.map_or(0, |parent| children[parent]);
    }
    places
}

#[cfg(test)]
mod tests;
