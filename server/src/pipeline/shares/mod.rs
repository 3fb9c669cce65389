//! How the spans of a request are shared among the writers.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use model::{Span, TraceId, Usd};

use super::queue::BATCH_SPANS_MAX;

/// Totals that senders declared for traces.
pub type Declared = Vec<(TraceId, Usd)>;
/// A writer and what it is to write.
pub type Share = (usize, Vec<Span>, Declared);

/// The shares of the writers: a trace always goes to the same one, so two never wait for each other's rows.
pub fn split(spans: Vec<Span>, declared: Declared, writers: usize) -> Vec<Share> {
    let mut by_writer: Vec<(Vec<Span>, Declared)> = (0..writers).map(|_| Default::default()).collect();
    for span in spans {
        by_writer[writer_of(span.trace_id, writers)].0.push(span);
    }
    for (trace_id, usd) in declared {
        by_writer[writer_of(trace_id, writers)].1.push((trace_id, usd));
    }
    let mut shares = Vec::new();
    for (writer, (mut spans, mut declared)) in by_writer.into_iter().enumerate() {
        while spans.len() > BATCH_SPANS_MAX {
            let rest = spans.split_off(BATCH_SPANS_MAX);
            shares.push((writer, std::mem::replace(&mut spans, rest), std::mem::take(&mut declared)));
        }
        if !spans.is_empty() {
            shares.push((writer, spans, declared));
        }
    }
    shares
}

fn writer_of(trace_id: TraceId, writers: usize) -> usize {
    // Not the id's own bits: senders may count them up, or share them.
    let mut hasher = DefaultHasher::new();
    trace_id.hash(&mut hasher);
    // The remainder of a division by a usize fits one.
    (hasher.finish() % writers as u64) as usize
}

#[cfg(test)]
mod tests;
