//! Claiming quiet traces and writing what the finaliser found.
//!
//! What a trace adds to the dependency map is kept beside it (`edges`), so that finalising it again after late spans
//! takes back the old before adding the new.

mod apply;
mod edges;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::TraceId;
use model::trace::Skeleton;
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::spans::{SkeletonRow, skeleton_columns, skeleton_joins};
use crate::{StoreError, traces};
pub use apply::apply;

/// Most spans read at once, one trace more or less: a skeleton is about 300 bytes.
const SPANS_MAX: i64 = 100_000;

/// A quiet trace with its spans.
#[derive(Debug, Clone)]
pub struct Quiet {
    /// Which.
    pub trace_id: TraceId,
    /// The version that was read: results for another version are thrown away.
    pub version: i32,
    /// Its spans.
    pub spans: Vec<Skeleton>,
}

#[derive(FromRow)]
struct SpanRow {
    trace_id: Uuid,
    #[sqlx(flatten)]
    skeleton: SkeletonRow,
}

/// Traces that changed since they were last finalised and have been quiet since `before`.
pub async fn quiet(db: &PgPool, before: DateTime<Utc>, limit: i64) -> Result<Vec<Quiet>, StoreError> {
    let due = sqlx::query!(
        r#"
        with due as (
            select trace_id, home, version, span_count, last_seen
              from traces
             where finalised is distinct from version
               and last_seen < $1
             order by last_seen, trace_id
             limit $2
        ), counted as (
            select *, sum(span_count) over (order by last_seen, trace_id) - span_count as before from due
        )
        select trace_id, home, version from counted where before < $3::int8
        "#,
        before,
        limit,
        SPANS_MAX,
    )
    .fetch_all(db)
    .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let homes: Vec<(Uuid, DateTime<Utc>)> = due.iter().map(|row| (row.trace_id, row.home)).collect();
    // Versions were read first: spans that arrive in between raise the version, and `apply` then refuses the result.
    let mut spans = spans_of(db, homes).await?;
    let quiet = due.into_iter().map(|row| {
        let spans = spans.remove(&row.trace_id).unwrap_or_default();
        Ok(Quiet { trace_id: traces::trace_id(row.trace_id)?, version: row.version, spans })
    });
    quiet.collect()
}

/// `offset 0` makes the planner look each trace up in its leaf, where it would else read the leaf from end to end.
async fn spans_of(db: &PgPool, homes: Vec<(Uuid, DateTime<Utc>)>) -> Result<HashMap<Uuid, Vec<Skeleton>>, StoreError> {
    let statement = concat!(
        "select s.trace_id, ",
        skeleton_columns!(),
        " from unnest($1::uuid[], $2::timestamptz[]) as t(trace_id, home) \
         cross join lateral (select * from span where trace_id = t.trace_id and home = t.home offset 0) s ",
        skeleton_joins!(),
        " order by s.start_time, s.start_sub_us, s.span_id"
    );
    let (trace_ids, homes): (Vec<Uuid>, Vec<DateTime<Utc>>) = homes.into_iter().unzip();
    let rows: Vec<SpanRow> = sqlx::query_as(statement).bind(trace_ids).bind(homes).fetch_all(db).await?;
    let mut spans: HashMap<Uuid, Vec<Skeleton>> = HashMap::new();
    for row in rows {
        spans.entry(row.trace_id).or_default().push(row.skeleton.try_into()?);
    }
    Ok(spans)
}

#[cfg(test)]
mod tests;
