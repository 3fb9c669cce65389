//! Where time or money went, as boxes on top of each other: a box is as wide as what a span and all below it have spent of it.
//!
//! What a span has spent of time is its self time, and of money its own cost. So children are never wider than their parent, what
//! is drawn nowhere else is drawn in no other box, and the whole is as wide as the sum over all spans; when spans ran at the same
//! time that is more than the trace took. Children stand from the left edge of their parent in the order they began, and what is
//! left of its width is its own.
//!
//! Similar siblings are one box, as in the waterfall, and below such a box whatever is of one sort is. What would be narrower
//! than a pixel, deeper than can be read, or more than a browser should draw is counted. Nothing here recurses.

use serde::{Deserialize, Serialize};

use self::growth::Growth;
use super::lines::Content;
use super::{RowKey, Waterfall};
use crate::id::SpanId;
use crate::span::{Category, SpanKind};
use crate::usd::UsdSum;

mod growth;
mod node;
mod part;

/// What widths stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measure {
    /// Self time, in nanoseconds.
    Time,
    /// Own cost, in pico-dollars.
    Cost,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flame {
    /// Every box before what stands below it, from the left.
    pub boxes: Vec<FlameBox>,
    /// The rows above the top, the outermost first: each is as wide as the picture.
    pub above: Vec<FlameBox>,
    /// Rows above those.
    pub above_more: usize,
    /// What the whole width stands for.
    pub total: i128,
    /// Levels that are drawn.
    pub levels: u32,
    /// What became of the spans.
    pub spans: Drawn,
}

/// What became of the spans of a picture: every one of them is counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Spans with a box of their own.
    pub alone: usize,
    /// Spans that share a box with similar ones.
    pub merged: usize,
    /// Spans too narrow to be seen.
    pub narrow: usize,
    /// Spans deeper than is drawn.
    pub deep: usize,
    /// Spans that, with all below them, have spent nothing or nothing that is known.
    pub empty: usize,
}

/// One box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlameBox {
    /// Level, from 0 at the top.
    pub level: u32,
    /// What stands left of it.
    pub from: i128,
    /// What it and all below it have spent.
    pub width: i128,
    /// What its own spans have spent of that.
    pub own: i128,
    /// What it shows.
    pub kind: BoxKind,
}

/// What a box shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum BoxKind {
    /// A span, or similar ones.
    Spans(Box<BoxSpans>),
    /// A parent that never came, by the id its children name.
    MissingParent(SpanId),
    /// Neighbours too narrow for a box each: how many spans they and all below them are.
    Narrow(usize),
}

/// The spans of a box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxSpans {
    /// The span, or the one of them that took longest.
    pub span_id: SpanId,
    /// How many there are.
    pub count: usize,
    /// How many of them failed.
    pub failed: usize,
    /// Operation.
    pub name: String,
    /// Service.
    pub service: String,
    /// Role in the call.
    pub kind: SpanKind,
    /// Sort of work.
    pub category: Category,
    /// Duration in nanoseconds, of several the longest.
    pub duration_ns: i64,
    /// Own cost; `None` is unknown.
    pub cost: Option<UsdSum>,
    /// The row that makes it the top of a picture, when there is something below it.
    pub zoom: Option<RowKey>,
    /// What says that a box of another picture shows the same.
    pub pair: u32,
    /// The selected span is among them.
    pub is_selected: bool,
}

impl Waterfall {
    /// Where time or money went below `root`, or in the whole trace.
    pub fn flame(&self, measure: Measure, root: Option<RowKey>, selected: Option<SpanId>) -> Flame {
        let root = root.and_then(|key| self.row_of(key));
        let selected = selected.and_then(|span| self.index_of(span));
        let mut growth = Growth::new(self, measure, selected);
        match root {
            Some(row) => {
                growth.flame.total = self.spent_below(row, measure);
                growth.above(row);
                growth.stand(std::iter::once(self.node(row)), 0, 0);
            }
            None => {
                growth.flame.total = self.lines.tops().map(|row| self.spent_below(row, measure)).sum();
                growth.stand(self.lines.tops().map(|row| self.node(row)), 0, 0);
            }
        }
        growth.grow()
    }

    /// What a row and all below it have spent.
    fn spent_below(&self, row: usize, measure: Measure) -> i128 {
        match measure {
            Measure::Time => self.time_before[row + 1 + self.lines.descendants(row)] - self.time_before[row],
            Measure::Cost => self.lines.sums(row).cost.map_or(0, UsdSum::pico),
        }
    }

    /// What a span itself has spent.
    fn spent_by(&self, span: u32, measure: Measure) -> i128 {
        match measure {
            Measure::Time => self.self_ns[span as usize].into(),
            Measure::Cost => self.spans.cost(span).map_or(0, |cost| cost.pico().into()),
        }
    }
}

/// The self time of all rows before each one, and of all at the end.
pub(super) fn time_before(lines: &super::lines::Lines, self_ns: &[i64]) -> Vec<i128> {
    let mut sum = 0i128;
    let own = |row: usize| match lines.content(row) {
        Content::Span(span) => self_ns[span as usize].into(),
        Content::Missing(_) | Content::Similar(_) => 0i128,
    };
    let mut before = Vec::with_capacity(lines.len() + 1);
    before.push(0);
    before.extend((0..lines.len()).map(|row| {
        sum += own(row);
        sum
    }));
    before
}

#[cfg(test)]
mod tests;
