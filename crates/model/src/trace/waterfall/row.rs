//! One row with everything that is drawn in it.

use serde::{Deserialize, Serialize};

use super::lines::{Content, Group};
use super::{Fold, RowKey, Waterfall};
use crate::id::SpanId;
use crate::span::{Category, SpanKind, Status};
use crate::usd::{Usd, UsdSum};

/// Marks on the bar of similar spans: it is at most about 1000 pixels wide, so more would be one line.
const TICKS_MAX: usize = 240;

/// One row of the waterfall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Index in the unfolded trace, from 0.
    pub index: usize,
    /// Indentation; 1 at the top.
    pub level: u32,
    /// Rows below it, all levels: what folding hides.
    pub descendants: usize,
    /// Index of the row it stands below.
    pub parent: Option<usize>,
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
    /// Similar siblings as one.
    Similar(Box<SimilarRow>),
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
    /// Where the critical path runs through it, by start.
    pub critical_parts: Vec<Part>,
    /// Own cost; `None` is unknown.
    pub cost: Option<Usd>,
    /// Its parents lead back to itself: the circle was cut here.
    pub cut_circle: bool,
    /// By how much it was moved, because a clock is behind: its own, or that of the span above that tells so.
    pub shifted_ns: i64,
    /// By how much its clock is behind, when it began before what caused it.
    pub clock_behind_ns: Option<i64>,
    /// How long after its end it came, when that was late ([`super::late`]).
    pub late_ns: Option<i64>,
}

/// Similar siblings: many of one service, operation and role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimilarRow {
    /// The first of them by start.
    pub first: SpanId,
    /// Their operation.
    pub name: String,
    /// Their service.
    pub service: String,
    /// Their role in the call.
    pub kind: SpanKind,
    /// Sort of work of the first.
    pub category: Category,
    /// How many there are.
    pub count: usize,
    /// Spans they and all below them are.
    pub spans: usize,
    /// How many of them failed.
    pub failed: usize,
    /// Median duration in nanoseconds.
    pub p50_ns: i64,
    /// Longest duration in nanoseconds.
    pub max_ns: i64,
    /// Start of the first, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// From there to the end of the last.
    pub duration_ns: i64,
    /// Where they lie, at the resolution of a screen.
    pub ticks: Vec<Tick>,
}

/// A stretch of the trace's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// Length in nanoseconds.
    pub duration_ns: i64,
}

/// A mark on the bar of similar spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// Where.
    pub part: Part,
    /// One of the spans there failed.
    pub failed: bool,
}

impl Row {
    /// What folding knows the row by.
    pub fn key(&self) -> RowKey {
        match &self.kind {
            RowKind::Span(span) => RowKey::Span(span.span_id),
            RowKind::MissingParent(span_id) => RowKey::Span(*span_id),
            RowKind::Similar(similar) => RowKey::Similar(similar.first),
        }
    }

    /// The span it shows.
    pub fn span_id(&self) -> Option<SpanId> {
        match &self.kind {
            RowKind::Span(span) => Some(span.span_id),
            RowKind::MissingParent(_) | RowKind::Similar(_) => None,
        }
    }

    /// By how much its span was moved, because a clock is behind.
    pub fn shifted_ns(&self) -> i64 {
        match &self.kind {
            RowKind::Span(span) => span.shifted_ns,
            RowKind::MissingParent(_) | RowKind::Similar(_) => 0,
        }
    }

    /// The row, folded.
    pub fn fold(&self) -> Fold {
        let similar_spans = match &self.kind {
            RowKind::Similar(similar) => similar.spans,
            RowKind::Span(_) | RowKind::MissingParent(_) => 0,
        };
        Fold { index: self.index, descendants: self.descendants, similar_spans }
    }
}

impl Waterfall {
    /// The row at `index`, which must be below [`Waterfall::len`].
    pub(super) fn row(&self, index: usize) -> Row {
        let sums = self.lines.sums(index);
        let kind = match self.lines.content(index) {
            Content::Span(span) => RowKind::Span(Box::new(self.span_row(span))),
            Content::Missing(stub) => RowKind::MissingParent(self.lines.stub(stub).span_id),
            Content::Similar(group) => RowKind::Similar(Box::new(self.similar_row(index, self.lines.group(group)))),
        };
        let (place, siblings) = self.lines.sibling(index);
        Row {
            index,
            level: self.lines.level(index),
            descendants: self.lines.descendants(index),
            parent: self.lines.parent(index),
            place,
            siblings,
            subtree_cost: sums.cost,
            subtree_unpriced: sums.unpriced as usize,
            kind,
        }
    }

    fn span_row(&self, span: u32) -> SpanRow {
        SpanRow {
            span_id: self.spans.span_id(span),
            name: self.spans.operation(span).to_owned(),
            service: self.spans.service(span).to_owned(),
            kind: self.spans.kind(span),
            category: self.spans.category(span),
            status: self.spans.status(span),
            offset_ns: self.offset(self.spans.start(span)),
            duration_ns: self.spans.duration(span),
            self_ns: self.self_ns[span as usize],
            self_parts: self.self_parts(span),
            critical_parts: self.critical_parts(span),
            cost: self.spans.cost(span),
            cut_circle: self.cut_circles.contains(&span),
            shifted_ns: self.spans.shifted_ns(span),
            clock_behind_ns: self.spans.clock_behind_ns(span),
            late_ns: self.spans.late_ns(span),
        }
    }

    fn similar_row(&self, index: usize, group: &Group) -> SimilarRow {
        let members = || self.lines.children(index).filter_map(|row| self.lines.span(row));
        SimilarRow {
            first: self.spans.span_id(group.first),
            name: self.spans.operation(group.first).to_owned(),
            service: self.spans.service(group.first).to_owned(),
            kind: self.spans.kind(group.first),
            category: self.spans.category(group.first),
            count: group.count as usize,
            spans: self.lines.sums(index).spans as usize,
            failed: members().filter(|&span| self.spans.has_failed(span)).count(),
            p50_ns: group.p50_ns,
            max_ns: group.max_ns,
            offset_ns: self.offset(group.from),
            duration_ns: group.length_ns(),
            ticks: self.ticks(group, members()),
        }
    }

    /// Where the members of a group lie: stretches of cells that one of them touches, and apart from them where one failed.
    fn ticks(&self, group: &Group, members: impl Iterator<Item = u32>) -> Vec<Tick> {
        // A cell is at least a nanosecond, so that a group without length still divides.
        let cell_ns = group.length_ns() / TICKS_MAX as i64 + 1;
        let cell = |time: i64| ((time.saturating_sub(group.from) / cell_ns).max(0) as usize).min(TICKS_MAX - 1);
        let (mut touched, mut failed) = ([false; TICKS_MAX], [false; TICKS_MAX]);
        for span in members {
            let (from, to) = (self.spans.start(span), self.spans.end(span));
            let last = cell(to.saturating_sub(1).max(from));
            let cells = if self.spans.has_failed(span) { &mut failed } else { &mut touched };
            cells[cell(from)..=last].fill(true);
        }
        let runs = runs(&touched).map(|run| (run, false)).chain(runs(&failed).map(|run| (run, true)));
        let tick = |((first, cells), failed): ((usize, usize), bool)| {
            let offset_ns = self.offset(group.from + first as i64 * cell_ns);
            let until = (first + cells) as i64 * cell_ns;
            let duration_ns = until.min(group.length_ns()) - first as i64 * cell_ns;
            Tick { part: Part { offset_ns, duration_ns: duration_ns.max(0) }, failed }
        };
        runs.map(tick).collect()
    }

    /// A moment, in nanoseconds after the start of the trace.
    pub(super) fn offset(&self, time: i64) -> i64 {
        time.saturating_sub(self.extent.start_ns)
    }
}

/// First and length of every run of true cells.
fn runs(cells: &[bool]) -> impl Iterator<Item = (usize, usize)> {
    let mut first = 0;
    cells.chunk_by(|left, right| left == right).filter_map(move |run| {
        let at = first;
        first += run.len();
        run[0].then_some((at, run.len()))
    })
}
