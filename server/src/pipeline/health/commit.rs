//! What a committed transaction tells about its spans, added up before the counters are locked.

use std::time::Duration;

use chrono::{DateTime, Utc};
use model::Span;
use model::ingest::{Fate, Unpriced};
use model::time::UnixNanos;
use store::ingest::Outcome;

use super::encoding::Encoding;
use super::sdk::Sdks;
use super::sketch::Sketch;
use crate::measure;
use crate::pipeline::sender::Sender;

/// Nanoseconds after which a span that arrives is imported history, whose age says nothing about us.
const HISTORY_NS: i64 = 3_600_000_000_000;

/// What is remembered of a span while it is written.
#[derive(Debug, Clone, Copy)]
pub struct Noted {
    end_ns: i64,
    is_priced: bool,
    calls_model: bool,
}

impl Noted {
    /// Notes what is needed later.
    pub fn of(span: &Span) -> Self {
        Self {
            end_ns: span.start.0.saturating_add(span.duration_ns),
            is_priced: span.cost.usd.is_some(),
            calls_model: span.model_call.is_some(),
        }
    }
}

/// What one request had in a transaction.
#[derive(Debug)]
pub struct Share {
    /// Who sent it.
    pub sender: Sender,
    /// How it came.
    pub encoding: Encoding,
    /// What it was sent with; counted with the first part of a request that is committed.
    pub sdks: Sdks,
    /// What became of its spans. What was refused is counted with the request, once that is written down.
    pub fate: Fate,
}

/// A transaction that was committed.
#[derive(Debug)]
pub struct Commit {
    /// Spans in it, whatever became of them.
    pub spans: usize,
    /// Spans that are new.
    pub accepted: u64,
    /// Spans that were there already.
    pub duplicates: u64,
    /// What its requests had in it.
    pub shares: Vec<Share>,
    /// How long it took.
    pub took: Duration,
    /// Milliseconds from the end of the new spans to now, those of history left out.
    pub lag: Sketch,
    /// The new spans that have no cost.
    pub unpriced: Unpriced,
}

impl Commit {
    /// Adds up a transaction over the spans `noted`.
    pub fn new(noted: &[Noted], outcome: &Outcome, shares: Vec<Share>, took: Duration, now: DateTime<Utc>) -> Self {
        let mut is_new = vec![true; noted.len()];
        let refused = outcome.refused.iter().map(|(index, _)| index);
        for index in outcome.repeated.iter().chain(refused) {
            // Both are indexes into the batch.
            if let Some(is_new) = is_new.get_mut(*index) {
                *is_new = false;
            }
        }
        let now = UnixNanos::from_datetime(now).0;
        let (mut lag, mut unpriced, mut seconds) =
            (Sketch::default(), Unpriced::default(), measure::lag::Tally::default());
        for span in noted.iter().zip(is_new).filter(|(_, is_new)| *is_new).map(|(span, _)| span) {
            unpriced.spans += 1;
            unpriced.unpriced += u64::from(!span.is_priced);
            unpriced.model_calls += u64::from(span.calls_model);
            unpriced.unpriced_model_calls += u64::from(span.calls_model && !span.is_priced);
            let late = now.saturating_sub(span.end_ns);
            if late < HISTORY_NS {
                // A sender's clock may run ahead of ours: no lag, rather than less than none.
                let late = late.max(0);
                lag.record(late as f64 / 1e6);
                seconds.record(late);
            }
        }
        measure::lag::SPANS.add(&seconds);
        Self {
            spans: noted.len(),
            accepted: outcome.accepted,
            duplicates: outcome.duplicates(),
            shares,
            took,
            lag,
            unpriced,
        }
    }
}
