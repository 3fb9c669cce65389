//! Calls of models whose cost nobody reported: what other prices would change.

use chrono::{DateTime, Utc};
use model::cost::CostSource;
use model::time::TimeRange;
use model::{Span, TraceId};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use super::row::{DetailRow, skeleton_columns, skeleton_joins};
use super::with_detail;
use crate::StoreError;

/// Where a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromRow)]
pub struct Place {
    home: DateTime<Utc>,
    trace_id: Uuid,
    span_id: i64,
}

#[derive(FromRow)]
struct Row {
    trace_id: Uuid,
    #[sqlx(flatten)]
    span: DetailRow,
}

/// Where the calls in `range` are that tell how many tokens they took and do not tell their cost, `limit` at most.
pub async fn places(db: &PgPool, range: TimeRange, limit: i64) -> Result<Vec<Place>, StoreError> {
    let statement = "
        select home, trace_id, span_id
          from span
         where start_time >= $1
           and start_time < $2
           and model_id is not null
           and (tokens_in is not null or tokens_out is not null)
           and cost_source = any($3)
           and verdict = 0
         limit $4";
    let unreported = [CostSource::None.code(), CostSource::Derived.code()];
    Ok(sqlx::query_as(statement).bind(range.from).bind(range.to).bind(unreported).bind(limit).fetch_all(db).await?)
}

/// The spans at `places` with all their detail, in any order. Payloads may be large: ask for a few hundred at a time.
pub async fn at(db: &PgPool, places: &[Place]) -> Result<Vec<Span>, StoreError> {
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
    let homes: Vec<DateTime<Utc>> = places.iter().map(|place| place.home).collect();
    let traces: Vec<Uuid> = places.iter().map(|place| place.trace_id).collect();
    let spans: Vec<i64> = places.iter().map(|place| place.span_id).collect();
    let rows: Vec<Row> = sqlx::query_as(statement).bind(homes).bind(traces).bind(spans).fetch_all(db).await?;
    let rows = rows.into_iter().map(|Row { trace_id, span }| match TraceId::from_bytes(trace_id.into_bytes()) {
        Ok(id) => Ok((id, span)),
        Err(_) => Err(StoreError::Inconsistent { table: "span", column: "trace_id", id: trace_id.to_string() }),
    });
    with_detail(db, rows.collect::<Result<_, _>>()?).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Telling, a_span, noon, write};

    #[sqlx::test(migrator = "crate::MIGRATOR")]
    async fn calls_that_tell_tokens_and_no_cost_come_with_their_detail(db: PgPool) {
        let call = |trace| a_span(trace, 1).with_model("acme", "large");
        let reported = call(2).costing("1");
        write(&db, vec![call(1), reported, a_span(3, 1), call(4).starting(7_200), call(5).starting(1)]).await;
        let range = TimeRange { from: noon(), to: noon() + chrono::TimeDelta::hours(1) };
        let found = places(&db, range, 10).await.unwrap();
        let mut spans = at(&db, &found).await.unwrap();
        spans.sort_by_key(|span| span.start);
        assert_eq!(spans, [call(1), call(5).starting(1)]);
        assert_eq!(places(&db, range, 1).await.unwrap().len(), 1);
    }
}
