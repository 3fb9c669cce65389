//! Reads of traces: lists, heads, look-ups.

use model::TraceId;
use model::trace::filter::TraceFilter;
use model::trace::{TraceHead, TracePage};
use sqlx::PgPool;

use crate::StoreError;

/// A page of traces that match `filter`, with sums over all that match.
pub async fn list(_db: &PgPool, _filter: &TraceFilter) -> Result<TracePage, StoreError> {
    unimplemented!()
}

/// One trace without its spans.
pub async fn head(_db: &PgPool, _trace_id: TraceId) -> Result<Option<TraceHead>, StoreError> {
    unimplemented!()
}

/// The newest trace whose id starts with these hex digits.
pub async fn by_prefix(_db: &PgPool, _prefix: &str) -> Result<Option<TraceId>, StoreError> {
    unimplemented!()
}

/// Whether there is any trace at all: the overview shows first steps until there is.
pub async fn any(_db: &PgPool) -> Result<bool, StoreError> {
    unimplemented!()
}
