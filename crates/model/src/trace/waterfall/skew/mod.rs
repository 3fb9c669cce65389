//! Clocks that differ: a span that another service caused and that seems to begin before its cause.
//!
//! Its service's clock is behind. As other tools do, it is moved to the middle of what caused it, which is where it was if the
//! way there took as long as the way back, or to its start if it took longer. Spans of the same service below it were timed by the
//! same clock and move with it; those of other services are judged by their own times. What is put on a queue or taken from one
//! waits for nobody, so when it began tells nothing about clocks: it stays where it happened.

use super::columns::Columns;
use crate::span::{Category, SpanKind};
use crate::trace::tree::links::Links;

/// Which times rows have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Times {
    /// Clocks that are behind are corrected.
    #[default]
    Corrected,
    /// As they were sent.
    AsSent,
}

/// A span that has to be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shift {
    pub span: u32,
    /// By how much its clock is behind, above zero.
    pub by_ns: i64,
    /// It began before its cause; else it only goes with what it is below.
    pub is_first: bool,
}

/// What is said of a trace's clocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Skew {
    /// Spans that seem to begin before what caused them.
    pub spans: usize,
    /// By how much the one furthest behind is.
    pub max_ns: i64,
    /// Whether rows are where they must have been, or where they were sent.
    pub times: Times,
}

/// The spans that have to be moved, by span.
pub(super) fn shifts(spans: &Columns, links: &Links) -> Vec<Shift> {
    let is_ahead = |span: u32| links.parent(span).is_some_and(|parent| behind(spans, parent, span, 0) > 0);
    // Nearly every trace ends here.
    if !(0..spans.len() as u32).any(is_ahead) {
        return Vec::new();
    }
    let mut shifts = Vec::new();
    let mut waiting: Vec<(u32, i64)> = links.tops().map(|top| (top, 0)).collect();
    while let Some((parent, shift)) = waiting.pop() {
        for &span in links.children(parent) {
            let is_same_clock = spans.service_place(span) == spans.service_place(parent);
            let by_ns = if is_same_clock { shift } else { behind(spans, parent, span, shift) };
            if by_ns > 0 {
                shifts.push(Shift { span, by_ns, is_first: !is_same_clock });
            }
            waiting.push((span, by_ns));
        }
    }
    shifts.sort_unstable_by_key(|shift| shift.span);
    shifts
}

/// By how much the clock of a child is behind that of its parent, which has been moved by `shift`; 0 when that cannot be told.
fn behind(spans: &Columns, parent: u32, child: u32, shift: i64) -> i64 {
    let caused_at = spans.start(parent).saturating_add(shift);
    let is_of_other_service = spans.service_place(child) != spans.service_place(parent);
    if !is_of_other_service || is_async(spans, parent, child) || spans.start(child) >= caused_at {
        return 0;
    }
    let way_ns = (spans.duration(parent) - spans.duration(child)).max(0) / 2;
    caused_at.saturating_add(way_ns).saturating_sub(spans.start(child))
}

/// Whether the parent did not wait for the child.
fn is_async(spans: &Columns, parent: u32, child: u32) -> bool {
    let waits_for_nobody = |kind: SpanKind| matches!(kind, SpanKind::Producer | SpanKind::Consumer);
    waits_for_nobody(spans.kind(child))
        || spans.kind(parent) == SpanKind::Producer
        || spans.category(child) == Category::Queue
}

/// What there is to say of these shifts.
pub(super) fn told(shifts: &[Shift], times: Times) -> Option<Skew> {
    let first = || shifts.iter().filter(|shift| shift.is_first);
    let max_ns = first().map(|shift| shift.by_ns).max()?;
    Some(Skew { spans: first().count(), max_ns, times })
}

#[cfg(test)]
mod tests;
