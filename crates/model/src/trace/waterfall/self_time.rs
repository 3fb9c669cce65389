//! Self time: the part of a span in which no child of its own was running.
//!
//! Duration minus the union of the children's intervals, each clipped to the parent. Children come by start time, so one sweep
//! with a moving edge measures the union.

use super::columns::Columns;
use super::row::Part;
use super::{Extent, Waterfall};
use crate::trace::tree::links::Links;

/// Stretches of self time drawn in one bar. A bar is at most about 1000 pixels wide, so more could not be told apart;
/// of more, the longest are kept.
const PARTS_MAX: usize = 40;

/// Self time of every span in nanoseconds.
pub(super) fn of_all(spans: &Columns, links: &Links) -> Vec<i64> {
    let of_span = |span: u32| {
        let mut total = 0i64;
        uncovered(spans, span, links.children(span), |from, to| total += to - from);
        total
    };
    (0..spans.len() as u32).map(of_span).collect()
}

/// Tells the stretches of a span in which none of its children was running.
fn uncovered(spans: &Columns, span: u32, children: &[u32], mut tell: impl FnMut(i64, i64)) {
    let (mut swept, end) = (spans.start(span), spans.end(span));
    for &child in children {
        let until = spans.start(child).min(end);
        if until > swept {
            tell(swept, until);
        }
        swept = swept.max(spans.end(child));
    }
    if end > swept {
        tell(swept, end);
    }
}

impl Waterfall {
    /// Where a span's self time lies.
    pub(super) fn self_parts(&self, span: u32) -> Vec<Part> {
        let mut parts = Vec::new();
        uncovered(&self.spans, span, self.children.of_span(span), |from, to| parts.push((from, to)));
        longest(self.extent, parts)
    }

    /// Where the critical path runs through a span.
    pub(super) fn critical_parts(&self, span: u32) -> Vec<Part> {
        let stretches = self.critical.of_span(span).iter().map(|stretch| (stretch.from, stretch.to));
        longest(self.extent, stretches.collect())
    }
}

/// As many as can be told apart, by start.
fn longest(extent: Extent, mut parts: Vec<(i64, i64)>) -> Vec<Part> {
    if parts.len() > PARTS_MAX {
        parts.select_nth_unstable_by_key(PARTS_MAX, |(from, to)| std::cmp::Reverse(to - from));
        parts.truncate(PARTS_MAX);
        parts.sort_unstable();
    }
    let part =
        |(from, to): (i64, i64)| Part { offset_ns: from.saturating_sub(extent.start_ns), duration_ns: to - from };
    parts.into_iter().map(part).collect()
}
