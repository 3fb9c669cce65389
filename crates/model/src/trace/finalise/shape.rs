//! The miniature of a trace: a handful of bars on three rows that tell one trace from another in a list.

use crate::trace::tree::{Tree, end_of};
use crate::trace::{ShapeBar, Skeleton};

/// Bars in one miniature. It is 100 to 200 pixels wide, so more would run together; it also bounds what a list of
/// 200 traces carries.
const SHAPE_BARS_MAX: usize = 24;

/// The lowest row; deeper spans are left out of the miniature.
const LOWEST_ROW: u32 = 2;

/// The longest spans of the three upper levels, by row and start.
pub(super) fn shape(spans: &[Skeleton], tree: &Tree) -> Vec<ShapeBar> {
    let Some(from) = spans.iter().map(|span| span.start.0).min() else { return Vec::new() };
    let to = spans.iter().map(end_of).max().unwrap_or(from);
    // At least one nanosecond, so that a trace without length still divides.
    let length = (i128::from(to) - i128::from(from)).max(1);

    let mut candidates: Vec<_> = tree.nodes().iter().filter(|node| node.depth <= LOWEST_ROW + 1).collect();
    candidates.sort_by_key(|node| {
        let span = &spans[node.span];
        (std::cmp::Reverse(span.duration_ns), node.depth, span.start, span.span_id)
    });
    candidates.truncate(SHAPE_BARS_MAX);

    // Both ends lie within the trace, so thousandths fit sixteen bits.
    let thousandth = |time: i64| ((i128::from(time) - i128::from(from)) * 1000 / length) as u16;
    let mut bars: Vec<ShapeBar> = candidates
        .into_iter()
        .map(|node| {
            let span = &spans[node.span];
            let left = thousandth(span.start.0).min(999);
            ShapeBar {
                service: span.service.clone(),
                row: (node.depth - 1) as u8,
                left,
                width: thousandth(end_of(span)).saturating_sub(left).max(1),
            }
        })
        .collect();
    bars.sort_by(|a, b| (a.row, a.left, &a.service, a.width).cmp(&(b.row, b.left, &b.service, b.width)));
    bars
}
