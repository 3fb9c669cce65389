//! Claiming quiet traces and writing what the finaliser found.
//!
//! Which traces got spans stands in `trace_due`, a line per ingest transaction (`due`). What a trace adds to the dependency
//! map is kept beside it (`edges`), so that finalising it again after late spans takes back the old before adding the new.

mod apply;
mod due;
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
pub use due::{forget, sweep};

/// Traces to be finalised now.
#[derive(Debug, Clone, Default)]
pub struct Due {
    /// Lines of the list that are done with once these traces are finalised: to be [forgotten](forget) then.
    pub lines: Vec<i64>,
    /// The traces; none when all of the lines' traces got more spans since.
    pub traces: Vec<Quiet>,
}

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

/// Traces that changed since they were last finalised and have been quiet since `before`; of some `limit` lines' worth.
pub async fn quiet(db: &PgPool, before: DateTime<Utc>, limit: i64) -> Result<Due, StoreError> {
    let (lines, due) = due::due(db, before, limit).await?;
    if due.is_empty() {
        return Ok(Due { lines, traces: Vec::new() });
    }
    let homes: Vec<(Uuid, DateTime<Utc>)> = due.iter().map(|trace| (trace.trace_id, trace.home)).collect();
    // Versions were read first: spans that arrive in between raise the version, and `apply` then refuses the result.
    let mut spans = spans_of(db, homes).await?;
    let quiet = due.into_iter().map(|trace| {
        let spans = spans.remove(&trace.trace_id).unwrap_or_default();
        Ok(Quiet { trace_id: traces::trace_id(trace.trace_id)?, version: trace.version, spans })
    });
    Ok(Due { lines, traces: quiet.collect::<Result<_, StoreError>>()? })
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
