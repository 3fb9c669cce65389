//! Traces against the limit of one trace.

use chrono::{DateTime, Utc};
use model::budget::crossing::Spent;
use model::time::UnixNanos;
use model::{SpanId, TraceId, Usd};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;
use crate::traces::{self, Reader};

/// Traces that cost more than `limit` and got spans since `since` (by the server's clock), the newest first, at most
/// `traces_max`. A trace whose spans were an hour old when they arrived is imported history and wakes nobody.
pub async fn over(db: &PgPool, limit: Usd, since: DateTime<Utc>, traces_max: i64) -> Result<Vec<TraceId>, StoreError> {
    let found: Vec<Uuid> = sqlx::query_scalar(
        "select trace_id from traces where last_seen >= $1 and cost_pico > $2 \
            and end_time >= last_seen - interval '1 hour' order by last_seen desc, trace_id limit $3",
    )
    .bind(since)
    .bind(limit.pico())
    .bind(traces_max)
    .fetch_all(db)
    .await?;
    found.into_iter().map(traces::trace_id).collect()
}

/// The spans of a trace whose cost is known and counts.
pub async fn spent_in(db: &PgPool, trace_id: TraceId) -> Result<Vec<Spent>, StoreError> {
    spent_in_for(db, Reader::Everything, trace_id).await
}

/// The same, as far as `reader` may see them.
pub async fn spent_in_for(db: &PgPool, reader: Reader<'_>, trace_id: TraceId) -> Result<Vec<Spent>, StoreError> {
    let rows: Vec<(i64, DateTime<Utc>, i16, i64)> = sqlx::query_as(
        "select span_id, start_time, start_sub_us, cost_pico from span \
          where trace_id = $1 and home = (select home from traces where trace_id = $1) and cost_pico is not null \
            and verdict = 0 and ($2::int4 is null or tenant_id = $2)",
    )
    .bind(Uuid::from_bytes(trace_id.to_bytes()))
    .bind(reader.only())
    .fetch_all(db)
    .await?;
    let spent = |(span_id, start, sub_us, cost_pico): (i64, DateTime<Utc>, i16, i64)| {
        let wrong = || StoreError::Inconsistent { table: "span", column: "span_id", id: span_id.to_string() };
        let start = UnixNanos(UnixNanos::from_datetime(start).0 + i64::from(sub_us));
        Ok(Spent {
            span_id: SpanId::from_i64(span_id).map_err(|_| wrong())?,
            start,
            cost: Some(Usd::from_pico(cost_pico)),
        })
    };
    rows.into_iter().map(spent).collect()
}
