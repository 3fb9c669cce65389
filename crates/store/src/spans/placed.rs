//! Spans whose places are known, of any number of traces.

use chrono::{DateTime, Utc};
use model::{Span, TraceId};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::row::{DetailRow, skeleton_columns, skeleton_joins};
use super::with_detail;
use crate::StoreError;

#[derive(FromRow)]
struct Row {
    trace_id: Uuid,
    #[sqlx(flatten)]
    span: DetailRow,
}

/// The spans of these homes, traces and ids with all their detail, in any order. Payloads may be large: ask for a few hundred at a
/// time.
pub(crate) async fn at(
    db: &PgPool,
    places: impl Iterator<Item = (DateTime<Utc>, Uuid, i64)>,
) -> Result<Vec<Span>, StoreError> {
    // `offset 0` looks each span up by its id: the planner would rather read whole leaves.
    let statement = concat!(
        "select s.trace_id, environment.name as environment, s.data_tag, s.payload, ",
        skeleton_columns!(),
        " from unnest($1::timestamptz[], $2::uuid[], $3::int8[]) as place(home, trace_id, span_id) \
         cross join lateral (select * from span s where s.home = place.home and s.trace_id = place.trace_id \
         and s.span_id = place.span_id offset 0) s ",
        skeleton_joins!(),
        " left join dim_environment environment on environment.id = s.environment_id"
    );
    let (mut homes, mut traces, mut spans) = (Vec::new(), Vec::new(), Vec::new());
    for (home, trace, span) in places {
        homes.push(home);
        traces.push(trace);
        spans.push(span);
    }
    let rows: Vec<Row> = sqlx::query_as(statement).bind(homes).bind(traces).bind(spans).fetch_all(db).await?;
    let rows = rows.into_iter().map(|Row { trace_id, span }| match TraceId::from_bytes(trace_id.into_bytes()) {
        Ok(id) => Ok((id, span)),
        Err(_) => Err(StoreError::Inconsistent { table: "span", column: "trace_id", id: trace_id.to_string() }),
    });
    with_detail(db, rows.collect::<Result<_, _>>()?).await
}
