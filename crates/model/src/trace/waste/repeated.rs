//! Calls that were made again with the same input.

use std::collections::HashMap;

use super::calls::{Calls, Input};
use crate::trace::waterfall::columns::Columns;

/// Calls of one service and operation with one input, as places in the columns.
type Same = HashMap<(u32, u32, Input), Vec<u32>>;

/// The calls that were one too many, each with the one it repeats.
///
/// The one that was needed is the first that was not lost, or the first of all when all of them were: a call that is made again because
/// it failed is needed, and what it repeats is lost already. Those that began after it repeat it.
pub(super) fn repeated(spans: &Columns, calls: &Calls, is_lost: impl Fn(u32) -> bool) -> HashMap<u32, u32> {
    let mut same: Same = HashMap::new();
    if !calls.inputs.is_empty() {
        for span in 0..spans.len() as u32 {
            if let Some(input) = calls.inputs.get(&spans.span_id(span)) {
                let (service, operation, _) = spans.sort_of(span);
                same.entry((service, operation, *input)).or_default().push(span);
            }
        }
    }
    let mut repeated = HashMap::new();
    for mut calls in same.into_values().filter(|calls| calls.len() > 1) {
        calls.sort_unstable_by_key(|&span| (spans.start(span), spans.span_id(span), span));
        let needed = calls.iter().position(|&span| !is_lost(span)).unwrap_or(0);
        let (first, later) = (calls[needed], &calls[needed + 1..]);
        repeated.extend(later.iter().map(|&span| (span, first)));
    }
    repeated
}
