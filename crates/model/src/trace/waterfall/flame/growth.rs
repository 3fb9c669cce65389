//! How a picture comes about: the widest box that waits is drawn next, so that of too many the widest are drawn.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::node::Node;
use super::{BoxKind, Flame, FlameBox, Measure};
use crate::trace::waterfall::Waterfall;

/// Boxes of one picture: about 150 kB of HTML. The widest are drawn first.
pub(super) const BOXES_MAX: usize = 400;

/// Levels below the top of a picture: three screens.
pub(super) const LEVELS_MAX: u32 = 100;

/// The narrowest box is this part of the width: a pixel of a wide screen.
const NARROWEST: i128 = 1_200;

/// Rows above the top of a picture, the nearest ones.
pub(super) const ABOVE_MAX: usize = 12;

/// A box that is still to be drawn.
struct Waiting {
    node: Node,
    level: u32,
    from: i128,
}

/// A picture being made: the widest box that waits is drawn next, and what stands below it begins to wait.
pub(super) struct Growth<'a> {
    waterfall: &'a Waterfall,
    measure: Measure,
    selected: Option<usize>,
    pub flame: Flame,
    waiting: Vec<Option<Waiting>>,
    /// Widths with places in `waiting`, the widest first; of equals the one that waits longest.
    widest: BinaryHeap<(i128, Reverse<usize>)>,
}

impl<'a> Growth<'a> {
    pub fn new(waterfall: &'a Waterfall, measure: Measure, selected: Option<usize>) -> Self {
        let (flame, waiting, widest) = (Flame::default(), Vec::new(), BinaryHeap::new());
        Self { waterfall, measure, selected, flame, waiting, widest }
    }

    /// The rows above the top of the picture.
    pub fn above(&mut self, row: usize) {
        let total = self.waterfall.spent_below(row, self.measure);
        let parents = std::iter::successors(self.waterfall.lines.parent(row), |&row| self.waterfall.lines.parent(row));
        let mut rows: Vec<usize> = parents.collect();
        self.flame.above_more = rows.len().saturating_sub(ABOVE_MAX);
        rows.truncate(ABOVE_MAX);
        for row in rows.into_iter().rev() {
            let node = self.waterfall.node(row);
            let (level, own) = (0, node.own(self.waterfall, self.measure));
            let kind = node.shown(self.waterfall, self.selected);
            self.flame.above.push(FlameBox { level, from: 0, width: total, own, kind });
        }
    }

    /// Lets neighbours wait, from the left; what is too narrow is one box at their end, if it is wide enough together. They are
    /// looked at one by one: there may be a million of them.
    pub fn stand(&mut self, nodes: impl Iterator<Item = Node>, level: u32, mut from: i128) {
        let (mut rest, mut rest_spans) = (0, 0);
        for node in nodes {
            let width = node.width(self.waterfall, self.measure);
            if width == 0 {
                self.flame.spans.empty += node.spans(self.waterfall);
            } else if !self.is_wide(width) {
                rest += width;
                rest_spans += node.spans(self.waterfall);
            } else {
                self.widest.push((width, Reverse(self.waiting.len())));
                self.waiting.push(Some(Waiting { node, level, from }));
                from += width;
            }
        }
        self.flame.spans.narrow += rest_spans;
        if self.is_wide(rest) && level < LEVELS_MAX {
            self.flame.boxes.push(FlameBox { level, from, width: rest, own: 0, kind: BoxKind::Narrow(rest_spans) });
        }
    }

    fn is_wide(&self, width: i128) -> bool {
        width > 0 && width.saturating_mul(NARROWEST) >= self.flame.total
    }

    pub fn grow(mut self) -> Flame {
        while let Some((width, Reverse(place))) = self.widest.pop() {
            let Some(Waiting { node, level, from }) = self.waiting[place].take() else { continue };
            if level >= LEVELS_MAX {
                self.flame.spans.deep += node.spans(self.waterfall);
                continue;
            }
            if self.flame.boxes.len() >= BOXES_MAX {
                self.flame.spans.narrow += node.spans(self.waterfall);
                continue;
            }
            let own = node.own(self.waterfall, self.measure);
            let kind = node.shown(self.waterfall, self.selected);
            match &kind {
                BoxKind::Spans(spans) if spans.count == 1 => self.flame.spans.alone += 1,
                BoxKind::Spans(spans) => self.flame.spans.merged += spans.count,
                BoxKind::MissingParent(_) | BoxKind::Narrow(_) => {}
            }
            self.flame.boxes.push(FlameBox { level, from, width, own, kind });
            self.stand(node.below(self.waterfall), level + 1, from);
        }
        self.flame.boxes.sort_by_key(|each| (each.from, each.level));
        self.flame.levels = self.flame.boxes.iter().map(|each| each.level + 1).max().unwrap_or(0);
        self.flame
    }
}
