//! Reads of spans.

/// The one trace a statement is about: its home names the leaf, so that no other one is looked into.
macro_rules! of_trace {
    () => {
        " where s.trace_id = $1 and s.home = (select home from traces where trace_id = $1) "
    };
}

mod above;
mod calls;
mod events;
pub mod history;
mod inputs;
mod light;
mod linking;
pub mod model_calls;
pub(crate) mod placed;
mod row;
mod said;
mod same_answer;

use model::trace::Skeleton;
use model::{Span, SpanId, TraceId};
use sqlx::PgPool;
use uuid::Uuid;

pub use above::named_above;
pub use calls::calls;
pub use events::events;
pub use inputs::inputs;
pub use light::{light, light_for};
pub use linking::linking;
pub use said::said_by;
pub use same_answer::counted_elsewhere;

use crate::StoreError;
use crate::payload;
use crate::traces::Reader;
use row::DetailRow;
use row::{SkeletonRow, skeleton_columns, skeleton_joins};

/// All spans of a trace without their detail, by start time.
pub async fn skeletons(db: &PgPool, trace_id: TraceId) -> Result<Vec<Skeleton>, StoreError> {
    let statement = concat!(
        "select ",
        skeleton_columns!(),
        " from span s ",
        skeleton_joins!(),
        of_trace!(),
        "order by s.start_time, s.start_sub_us, s.span_id"
    );
    let rows: Vec<SkeletonRow> =
        sqlx::query_as(statement).bind(Uuid::from_bytes(trace_id.to_bytes())).fetch_all(db).await?;
    rows.into_iter().map(Skeleton::try_from).collect()
}

/// One span with all its detail.
pub async fn one(db: &PgPool, trace_id: TraceId, span_id: SpanId) -> Result<Option<Span>, StoreError> {
    let statement = concat!(
        "select environment.name as environment, s.data_tag, s.payload, ",
        skeleton_columns!(),
        " from span s ",
        skeleton_joins!(),
        " left join dim_environment environment on environment.id = s.environment_id",
        of_trace!(),
        "and s.span_id = $2"
    );
    let rows = sqlx::query_as(statement)
        .bind(Uuid::from_bytes(trace_id.to_bytes()))
        .bind(span_id.to_i64())
        .fetch_all(db)
        .await?;
    Ok(with_detail(db, of_one(trace_id, rows)).await?.pop())
}

/// These spans of a trace with all their detail, in any order. Payloads may be large: ask for a few hundred at a time.
pub async fn some(db: &PgPool, trace_id: TraceId, span_ids: &[SpanId]) -> Result<Vec<Span>, StoreError> {
    let statement = concat!(
        "select environment.name as environment, s.data_tag, s.payload, ",
        skeleton_columns!(),
        " from span s ",
        skeleton_joins!(),
        " left join dim_environment environment on environment.id = s.environment_id",
        of_trace!(),
        "and s.span_id = any($2)"
    );
    let ids: Vec<i64> = span_ids.iter().map(|span_id| span_id.to_i64()).collect();
    let rows = sqlx::query_as(statement).bind(Uuid::from_bytes(trace_id.to_bytes())).bind(ids).fetch_all(db).await?;
    with_detail(db, of_one(trace_id, rows)).await
}

/// Spans of a trace with all their detail, by start time, `limit` of them after the first `offset`.
pub async fn of_trace(db: &PgPool, kept: TraceId, offset: i64, limit: i64) -> Result<Vec<Span>, StoreError> {
    of_trace_for(db, Reader::Everything, kept, offset, limit).await
}

/// The same, as far as `reader` may see them.
pub async fn of_trace_for(
    db: &PgPool,
    reader: Reader<'_>,
    kept: TraceId,
    offset: i64,
    limit: i64,
) -> Result<Vec<Span>, StoreError> {
    let statement = concat!(
        "select environment.name as environment, s.data_tag, s.payload, ",
        skeleton_columns!(),
        " from span s ",
        skeleton_joins!(),
        " left join dim_environment environment on environment.id = s.environment_id",
        of_trace!(),
        "and ($4::int4 is null or s.tenant_id = $4) order by s.start_time, s.start_sub_us, s.span_id offset $2 limit $3"
    );
    let rows = sqlx::query_as(statement)
        .bind(Uuid::from_bytes(kept.to_bytes()))
        .bind(offset)
        .bind(limit)
        .bind(reader.only())
        .fetch_all(db)
        .await?;
    with_detail(db, of_one(kept, rows)).await
}

fn of_one(trace_id: TraceId, rows: Vec<DetailRow>) -> Vec<(TraceId, DetailRow)> {
    rows.into_iter().map(|row| (trace_id, row)).collect()
}

async fn with_detail(db: &PgPool, rows: Vec<(TraceId, DetailRow)>) -> Result<Vec<Span>, StoreError> {
    let frames = rows.iter().map(|(_, row)| row.payload.as_slice());
    let mut unpacker = payload::unpacker(&mut *db.acquire().await?, frames).await?;
    rows.into_iter().map(|(trace_id, row)| row.into_span(trace_id, &mut unpacker)).collect()
}

#[cfg(test)]
mod tests;
