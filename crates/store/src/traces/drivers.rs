//! What traces do, operation by operation, against what traces with the same root do ordinarily.

use chrono::{DateTime, TimeDelta, Utc};
use model::TraceId;
use model::alert::drivers::{Against, Driver, Drivers, Spend};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::StoreError;

/// Ordinary traces that are looked at per hour or day: their mean is to tell something, not everything.
const ORDINARY_MAX: i64 = 50;

/// Fewer ordinary traces than this tell nothing of the same hour of other weeks.
const ORDINARY_MIN: usize = 10;

/// Traces of an hour that are looked through for those with the same root.
const LOOKED_THROUGH_MAX: i64 = 5_000;

/// Spans that are read of either side.
const SPANS_MAX: i64 = 50_000;

/// Operations that are told of.
const OPERATIONS_MAX: i64 = 6;

/// Of the operation that went up most, the share others have to have gone up by to be told of.
const SHARE_MIN: f64 = 0.01;

/// Weeks back that are looked at.
const WEEKS: i32 = 4;

/// A trace, by the id it is kept under, and the leaf it is in.
#[derive(Debug, Clone, Copy, FromRow)]
struct Place {
    trace_id: Uuid,
    home: DateTime<Utc>,
}

/// What the traces in question are that cost the most together.
#[derive(Debug, FromRow)]
struct Root {
    tenant_id: i32,
    root_service_id: Option<i32>,
    root_operation_id: Option<i32>,
    since: DateTime<Utc>,
}

#[derive(FromRow)]
struct Row {
    service: String,
    operation: String,
    model: Option<String>,
    calls: i64,
    usd: f64,
    usual_calls: i64,
    usual_usd: f64,
}

/// What drove the traces of `evidence`, by the ids they are kept under; `None` when none of them is kept any more or nothing like
/// them is. Only what has a known cost is looked at.
pub async fn drivers(db: &PgPool, evidence: &[TraceId]) -> Result<Option<Drivers>, StoreError> {
    let ids: Vec<Uuid> = evidence.iter().map(|id| Uuid::from_bytes(id.to_bytes())).collect();
    let Some(root) = root(db, &ids).await? else { return Ok(None) };
    let traces = readable(db, &ids, &root).await?;
    let weeks: Vec<DateTime<Utc>> = (1..=WEEKS).map(|week| root.since - TimeDelta::weeks(week.into())).collect();
    let mut against = Against::SameHour;
    let mut ordinary = like(db, &root, &ids, &weeks, TimeDelta::minutes(30), TimeDelta::minutes(30)).await?;
    if ordinary.len() < ORDINARY_MIN {
        against = Against::DayBefore;
        ordinary = like(db, &root, &ids, &[root.since], TimeDelta::days(1), TimeDelta::zero()).await?;
    }
    if traces.is_empty() || ordinary.is_empty() {
        return Ok(None);
    }
    let operations = operations(db, &traces, &ordinary).await?;
    Ok(Some(Drivers { traces: traces.len() as i64, ordinary: ordinary.len() as i64, against, operations }))
}

/// Whose those of these traces are that cost the most together, what they begin with, and when the first of those began.
async fn root(db: &PgPool, ids: &[Uuid]) -> Result<Option<Root>, StoreError> {
    let statement = "select tenant_id, root_service_id, root_operation_id, min(start_time) as since from traces
                      where trace_id = any($1) group by 1, 2, 3 order by sum(cost_pico) desc, count(*) desc limit 1";
    Ok(sqlx::query_as(statement).bind(ids).fetch_optional(db).await?)
}

/// Those of these traces with that root, the dearest first, as many as can be read.
async fn readable(db: &PgPool, ids: &[Uuid], root: &Root) -> Result<Vec<Place>, StoreError> {
    let statement = "select trace_id, home from (
             select trace_id, home, cost_pico, sum(span_count) over (order by cost_pico desc, trace_id) as spans from traces
              where trace_id = any($1) and tenant_id = $2 and root_service_id is not distinct from $3
                and root_operation_id is not distinct from $4) t
          where spans <= $5 order by cost_pico desc";
    let query = sqlx::query_as(statement).bind(ids).bind(root.tenant_id);
    let query = query.bind(root.root_service_id).bind(root.root_operation_id).bind(SPANS_MAX);
    Ok(query.fetch_all(db).await?)
}

/// Traces with the same root around each of these moments, none of `ids` among them.
async fn like(
    db: &PgPool,
    root: &Root,
    ids: &[Uuid],
    around: &[DateTime<Utc>],
    before: TimeDelta,
    after: TimeDelta,
) -> Result<Vec<Place>, StoreError> {
    let statement = "select trace_id, home from (
             select t.trace_id, t.home, sum(t.span_count) over (order by t.start_time desc, t.trace_id) as spans
               from unnest($5::timestamptz[]) as m(moment) cross join lateral (
                    select * from (
                        select * from traces where tenant_id = $2 and start_time >= m.moment - $6::interval
                           and start_time < m.moment + $7::interval order by start_time desc limit $8) latest
                     where root_service_id is not distinct from $3 and root_operation_id is not distinct from $4
                       and not trace_id = any($1) limit $9) t) found
          where spans <= $10";
    let query = sqlx::query_as(statement).bind(ids).bind(root.tenant_id);
    let query = query.bind(root.root_service_id).bind(root.root_operation_id).bind(around).bind(before).bind(after);
    Ok(query.bind(LOOKED_THROUGH_MAX).bind(ORDINARY_MAX).bind(SPANS_MAX).fetch_all(db).await?)
}

/// What costs more in a trace than in an ordinary one.
async fn operations(db: &PgPool, traces: &[Place], ordinary: &[Place]) -> Result<Vec<Driver>, StoreError> {
    let all = || traces.iter().map(|place| (place, true)).chain(ordinary.iter().map(|place| (place, false)));
    // The bounds of home leave only the leaves these traces are in.
    let statement = "with side as (select * from unnest($1::uuid[], $2::timestamptz[], $3::bool[]) as t(trace_id, home, is_now)),
             spent as (
                 select s.service_id, s.operation_id, s.model_id
                      , count(*) filter (where is_now) as calls
                      , coalesce(sum(s.cost_pico) filter (where is_now), 0)::float8 / 1e12 as usd
                      , count(*) filter (where not is_now) as usual_calls
                      , coalesce(sum(s.cost_pico) filter (where not is_now), 0)::float8 / 1e12 as usual_usd
                   from side t join span s on s.trace_id = t.trace_id and s.home = t.home
                  where s.cost_pico > 0 and s.home >= $4 and s.home <= $5 group by 1, 2, 3)
         select service.name as service, operation.name as operation, m.name as model, calls, usd, usual_calls, usual_usd
           from spent join dim_service service on service.id = service_id join dim_operation operation on operation.id = operation_id
           left join dim_model m on m.id = model_id
          where usd / $6 > usual_usd / $7 order by usd / $6 - usual_usd / $7 desc, 1, 2, 3 limit $8";
    let (now, usual) = (traces.len() as f64, ordinary.len() as f64);
    let rows: Vec<Row> = sqlx::query_as(statement)
        .bind(all().map(|(place, _)| place.trace_id).collect::<Vec<_>>())
        .bind(all().map(|(place, _)| place.home).collect::<Vec<_>>())
        .bind(all().map(|(_, is_now)| is_now).collect::<Vec<_>>())
        .bind(all().map(|(place, _)| place.home).min())
        .bind(all().map(|(place, _)| place.home).max())
        .bind(now)
        .bind(usual)
        .bind(OPERATIONS_MAX)
        .fetch_all(db)
        .await?;
    let spend = |calls: i64, usd: f64, traces: f64| Spend { calls: calls as f64 / traces, usd: usd / traces };
    let driver = |row: Row| Driver {
        service: row.service,
        operation: row.operation,
        model: row.model,
        now: spend(row.calls, row.usd, now),
        usual: spend(row.usual_calls, row.usual_usd, usual),
    };
    let mut drivers: Vec<Driver> = rows.into_iter().map(driver).collect();
    let most = drivers.first().map_or(0.0, |driver| driver.now.over(&driver.usual));
    drivers.retain(|driver| driver.now.over(&driver.usual) >= most * SHARE_MIN);
    Ok(drivers)
}
