//! The instrumentation scopes of spans, which are in their payloads: read only where an override asks for them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;
use crate::spans::placed;

/// Spans read at once: a payload is about a kilobyte, and may be megabytes.
const SPANS_AT_ONCE: usize = 100;

/// A span by its home, trace and id.
pub(super) type Place = (DateTime<Utc>, Uuid, i64);

/// The names of the scopes of these spans, by trace and id.
pub(super) async fn of_spans(db: &PgPool, places: &[Place]) -> Result<HashMap<(Uuid, i64), String>, StoreError> {
    let mut scopes = HashMap::with_capacity(places.len());
    for some in places.chunks(SPANS_AT_ONCE) {
        for span in placed::at(db, some.iter().copied()).await? {
            let id = (Uuid::from_bytes(span.trace_id.to_bytes()), span.span_id.to_i64());
            scopes.insert(id, span.detail.scope_name);
        }
    }
    Ok(scopes)
}
