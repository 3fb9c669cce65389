//! Work that was thrown away: everything below a span that failed, and apart from that what a sibling of the same name did again.
//!
//! A span that failed has no result, so what was spent in its subtree bought none. Of failed spans inside each other the highest
//! is named: it is the one whose callers got nothing.

use std::collections::HashMap;

use super::Reason;
use crate::id::SpanId;
use crate::span::SpanKind;
use crate::trace::tree::links::Links;
use crate::trace::waterfall::columns::Columns;

/// No span.
const NONE: u32 = u32::MAX;

/// The highest span above each one, or itself, that failed; and the highest that was tried again.
pub(super) struct Lost {
    failed: Vec<u32>,
    retried: Vec<u32>,
}

impl Lost {
    /// Why what a span spent is lost, and the span that failed.
    pub fn of(&self, span: u32) -> Option<(Reason, u32)> {
        let at = |places: &[u32]| Some(places[span as usize]).filter(|&place| place != NONE);
        let retried = at(&self.retried).map(|place| (Reason::Retried, place));
        retried.or_else(|| at(&self.failed).map(|place| (Reason::Failed, place)))
    }
}

/// What is lost, given the calls that were tried again.
pub(super) fn lost(spans: &Columns, links: &Links, retries: &[(u32, u32)]) -> Lost {
    let nowhere = || vec![NONE; spans.len()];
    let mut lost = Lost { failed: nowhere(), retried: nowhere() };
    let mut waiting: Vec<u32> = links.tops().collect();
    while let Some(span) = waiting.pop() {
        let (place, parent) = (span as usize, links.parent(span).map(|parent| parent as usize));
        let above = |places: &[u32]| parent.map_or(NONE, |parent| places[parent]);
        let or_own = |above: u32, own: bool| if above == NONE && own { span } else { above };
        let is_retried = retries.binary_search_by_key(&span, |(failed, _)| *failed).is_ok();
        lost.failed[place] = or_own(above(&lost.failed), spans.has_failed(span));
        lost.retried[place] = or_own(above(&lost.retried), is_retried);
        waiting.extend(links.children(span));
    }
    lost
}

/// Failed spans with the sibling that took over: of the same service, operation and role, the first to begin when the failed one had
/// ended. By place of the failed one.
pub(super) fn retries(spans: &Columns, links: &Links) -> Vec<(u32, u32)> {
    let mut retries = Vec::new();
    let mut tops: HashMap<Option<SpanId>, Vec<u32>> = HashMap::new();
    for top in links.tops() {
        tops.entry(spans.parent_span_id(top)).or_default().push(top);
    }
    let families = (0..spans.len() as u32).map(|span| links.children(span)).chain(tops.values().map(Vec::as_slice));
    for siblings in families {
        if siblings.len() > 1 && siblings.iter().any(|&span| spans.has_failed(span)) {
            within(spans, siblings, &mut retries);
        }
    }
    retries.sort_unstable();
    retries
}

/// Siblings come by start time.
fn within(spans: &Columns, siblings: &[u32], retries: &mut Vec<(u32, u32)>) {
    let mut sorts: HashMap<(u32, u32, SpanKind), Vec<u32>> = HashMap::new();
    for &span in siblings {
        sorts.entry(spans.sort_of(span)).or_default().push(span);
    }
    for sort in sorts.values() {
        for (place, &failed) in sort.iter().enumerate().filter(|(_, span)| spans.has_failed(**span)) {
            let later = &sort[place + 1..];
            let next = later.partition_point(|&span| spans.start(span) < spans.end(failed));
            retries.extend(later.get(next).map(|&next| (failed, next)));
        }
    }
}
