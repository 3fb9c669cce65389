//! The ingest transaction: spans in, exactly once, with all their sums.

use model::Span;
use sqlx::PgPool;

use crate::StoreError;

/// Spans made ready to be written: rows encoded, payloads compressed. Building one does no I/O and may be done on any thread.
pub struct Batch {}

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Spans new to the database, committed.
    pub accepted: u64,
    /// Spans that were there already: not counted again.
    pub duplicates: u64,
    /// Spans refused because the place they belong to is closed: index into the batch's spans, and why.
    pub refused: Vec<(usize, String)>,
}

impl Batch {
    /// Encodes spans, in any order, and the totals senders declared for traces (check values, never summed).
    pub fn prepare(_spans: Vec<Span>, _declared: &[(model::TraceId, model::Usd)]) -> Self {
        unimplemented!()
    }
}

/// One writer: it owns its place in the outbox and uses one connection at a time.
pub struct Writer {}

impl Writer {
    /// A writer on `pool`; `number` tells the writers of all processes' transactions apart only for reading logs.
    pub fn new(_pool: PgPool, _number: i32) -> Self {
        unimplemented!()
    }

    /// Writes the batch in one transaction; when this returns `Ok`, it is committed.
    /// An error that [`StoreError::is_unavailable`] may mean it was committed all the same: sending it again is safe.
    pub async fn write(&self, _batch: &Batch, _now: chrono::DateTime<chrono::Utc>) -> Result<Outcome, StoreError> {
        unimplemented!()
    }
}
