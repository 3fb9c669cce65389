//! Reads of spans.

use model::trace::Skeleton;
use model::{Span, SpanId, TraceId};
use sqlx::PgPool;

use crate::StoreError;

/// All spans of a trace without their detail, by start time.
pub async fn skeletons(_db: &PgPool, _trace_id: TraceId) -> Result<Vec<Skeleton>, StoreError> {
    unimplemented!()
}

/// One span with all its detail.
pub async fn one(_db: &PgPool, _trace_id: TraceId, _span_id: SpanId) -> Result<Option<Span>, StoreError> {
    unimplemented!()
}

/// Spans of a trace with all their detail, by start time, `limit` of them after the first `offset`.
pub async fn of_trace(_db: &PgPool, _trace_id: TraceId, _offset: i64, _limit: i64) -> Result<Vec<Span>, StoreError> {
    unimplemented!()
}
