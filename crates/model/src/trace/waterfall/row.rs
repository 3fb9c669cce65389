//! One row with everything that is drawn in it.

use serde::{Deserialize, Serialize};

use super::{Content, Waterfall};
use crate::id::SpanId;
use crate::span::{Category, SpanKind, Status};
use crate::trace::tree::{Origin, end_of};
use crate::usd::{Usd, UsdSum};

/// Stretches of self time drawn in one bar. A bar is at most about 1000 pixels wide, so more could not be told apart;
/// of more, the longest are kept.
const SELF_PARTS_MAX: usize = 40;

/// One row of the waterfall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Index in the unfolded trace, from 0.
    pub index: usize,
    /// Indentation; 1 at the top.
    pub level: u32,
    /// Rows below it, all levels: what folding hides.
    pub descendants: usize,
    /// Place among its siblings, from 1.
    pub place: usize,
    /// How many siblings there are, itself included.
    pub siblings: usize,
    /// Known cost of it and all below; `None` when not one is known.
    pub subtree_cost: Option<UsdSum>,
    /// Spans of the subtree without a known cost: above zero, the subtree's cost is a lower bound.
    pub subtree_unpriced: usize,
    /// What it shows.
    pub kind: RowKind,
}

/// What a row shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum RowKind {
    /// A span.
    Span(Box<SpanRow>),
    /// A parent that never came, by the id its children name.
    MissingParent(SpanId),
}

/// The span of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpanRow {
    /// Its id.
    pub span_id: SpanId,
    /// Operation.
    pub name: String,
    /// Service.
    pub service: String,
    /// Role in the call.
    pub kind: SpanKind,
    /// Sort of work.
    pub category: Category,
    /// Outcome.
    pub status: Status,
    /// Start, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// Duration in nanoseconds.
    pub duration_ns: i64,
    /// The part of it in which no child was running.
    pub self_ns: i64,
    /// Where that part lies, by start.
    pub self_parts: Vec<Part>,
    /// Own cost; `None` is unknown.
    pub cost: Option<Usd>,
    /// Its parents lead back to itself: the circle was cut here.
    pub cut_circle: bool,
}

/// A stretch of the trace's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// Length in nanoseconds.
    pub duration_ns: i64,
}

impl Row {
    /// The id that folding and selection know the row by: the span's, or the missing parent's.
    pub fn id(&self) -> SpanId {
        match &self.kind {
            RowKind::Span(span) => span.span_id,
            RowKind::MissingParent(span_id) => *span_id,
        }
    }
}

impl Waterfall<'_> {
    /// The row at `index`, which must be below [`Waterfall::len`].
    pub(super) fn row(&self, index: usize) -> Row {
        let line = self.lines[index];
        let (kind, subtree_cost, subtree_unpriced) = match line.content {
            Content::Node(position) => {
                let node = &self.tree.nodes()[position];
                (RowKind::Span(Box::new(self.span_row(position))), node.subtree_cost, node.unpriced)
            }
            Content::Missing(span_id) => {
                let (cost, unpriced) = self.sum_below(index, line.descendants);
                (RowKind::MissingParent(span_id), cost, unpriced)
            }
        };
        let (place, siblings) = line.sibling;
        let descendants = line.descendants;
        Row { index, level: line.level, descendants, place, siblings, subtree_cost, subtree_unpriced, kind }
    }

    /// Cost and unpriced spans of the rows right below a stub.
    fn sum_below(&self, index: usize, descendants: usize) -> (Option<UsdSum>, usize) {
        let below = &self.lines[index + 1..=index + descendants];
        let spans = || below.iter().filter_map(|line| self.span_of(line));
        let known: Vec<Usd> = spans().filter_map(|span| span.cost).collect();
        let unpriced = spans().count() - known.len();
        ((!known.is_empty()).then(|| known.into_iter().sum()), unpriced)
    }

    fn span_row(&self, position: usize) -> SpanRow {
        let node = &self.tree.nodes()[position];
        let span = &self.spans[node.span];
        SpanRow {
            span_id: span.span_id,
            name: span.name.clone(),
            service: span.service.clone(),
            kind: span.kind,
            category: span.category,
            status: span.status,
            offset_ns: span.start.0.saturating_sub(self.extent.start_ns),
            duration_ns: span.duration_ns,
            self_ns: node.self_ns,
            self_parts: self.self_parts(position),
            cost: span.cost,
            cut_circle: node.origin == Origin::CutCircle,
        }
    }

    /// The stretches of a span in which no child was running: what the sweep over its children leaves uncovered.
    fn self_parts(&self, position: usize) -> Vec<Part> {
        let span = &self.spans[self.tree.nodes()[position].span];
        let (mut swept, end) = (span.start.0, end_of(span));
        let mut parts = Vec::new();
        let mut uncovered = |from: i64, to: i64| {
            if to > from {
                parts.push(Part { offset_ns: from.saturating_sub(self.extent.start_ns), duration_ns: to - from });
            }
        };
        for child in self.tree.children(position) {
            let child = &self.spans[self.tree.nodes()[child].span];
            uncovered(swept, child.start.0.min(end));
            swept = swept.max(end_of(child));
        }
        uncovered(swept, end);
        if parts.len() > SELF_PARTS_MAX {
            parts.sort_by_key(|part| std::cmp::Reverse(part.duration_ns));
            parts.truncate(SELF_PARTS_MAX);
            parts.sort_by_key(|part| part.offset_ns);
        }
        parts
    }
}
