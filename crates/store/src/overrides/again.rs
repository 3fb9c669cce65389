//! Traces that are settled again because of an override: gone through by when they began, some at a time. Those that have spans the
//! override is about are put on the finaliser's list, which corrects the books as it always does.

use chrono::{DateTime, Utc};
use model::ruling::{About, Again};
use model::time::TimeRange;
use sqlx::{FromRow, PgConnection, PgPool};
use uuid::Uuid;

use crate::StoreError;

/// Lines of the finaliser's list there may be before more is put on it: what is new is not to wait behind what is settled again.
const LINES_MAX: i64 = 50;

/// How far a run is after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// There is more to do at once.
    More,
    /// The finaliser is to catch up first.
    Wait,
    /// There is nothing to do.
    Idle,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    service: Option<String>,
    scope: Option<String>,
    operation: Option<String>,
    from_time: DateTime<Utc>,
    asked_by: String,
    asked_at: DateTime<Utc>,
    traces: Option<i64>,
    looked: i64,
    put: i64,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Row> for Again {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            about: About { service: row.service, scope: row.scope, operation: row.operation },
            from: row.from_time,
            by: row.asked_by,
            at: row.asked_at,
            traces: row.traces,
            looked: row.looked,
            put: row.put,
            finished_at: row.finished_at,
        }
    }
}

/// Asks for the traces that began in `range`; `None` when others are being gone through, or there is no such override.
pub async fn start(
    db: &PgPool,
    override_id: i64,
    range: TimeRange,
    by: &str,
    now: DateTime<Utc>,
) -> Result<Option<i64>, StoreError> {
    Ok(sqlx::query_scalar(
        "insert into verdict_again (override_id, from_time, to_time, asked_by, asked_at, at_time, at_trace) \
         select id, $2, $3, $4, $5, $2, $6 from verdict_override where id = $1 on conflict do nothing returning id",
    )
    .bind(override_id)
    .bind(range.from)
    .bind(range.to)
    .bind(by)
    .bind(now)
    .bind(Uuid::nil())
    .fetch_optional(db)
    .await?)
}

/// Runs, the newest first.
pub async fn list(db: &PgPool, limit: i64) -> Result<Vec<Again>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select a.id, o.service, o.scope, o.operation, a.from_time, a.asked_by, a.asked_at, a.traces, a.looked, a.put, a.finished_at \
           from verdict_again a join verdict_override o on o.id = a.override_id order by a.id desc limit $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Again::from).collect())
}

/// Traces on the finaliser's list, those that are on it twice counted twice.
pub async fn waiting(db: &PgPool) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar("select coalesce(sum(cardinality(trace_ids)), 0)::int8 from trace_due").fetch_one(db).await?)
}

/// What tells one moment of the runs from the next: the newest, the traces it has looked at and put on the list, and how many are
/// still on it. Past ten minutes others are on it, and none of them is news.
pub async fn pulse(db: &PgPool, now: DateTime<Utc>) -> Result<Option<(i64, i64, i64, i64)>, StoreError> {
    Ok(sqlx::query_as(
        "select id, looked, put, case when coalesce(finished_at, $1) > $1 - interval '10 minutes' then \
                (select coalesce(sum(cardinality(trace_ids)), 0)::int8 from trace_due) else 0 end \
           from verdict_again order by id desc limit 1",
    )
    .bind(now)
    .fetch_optional(db)
    .await?)
}

/// Where a run is.
#[derive(FromRow)]
struct Place {
    id: i64,
    service: Option<String>,
    operation: Option<String>,
    to_time: DateTime<Utc>,
    at_time: DateTime<Utc>,
    at_trace: Uuid,
    traces: Option<i64>,
}

/// A trace that was looked at.
#[derive(FromRow)]
struct Looked {
    trace_id: Uuid,
    start_time: DateTime<Utc>,
    is_meant: bool,
}

/// Looks at some more traces of the run that is under way, `limit` at most, in one transaction.
pub async fn step(db: &PgPool, limit: i64, now: DateTime<Utc>) -> Result<Step, StoreError> {
    let mut transaction = db.begin().await?;
    // Two servers that both think they were elected take turns.
    let place: Option<Place> = sqlx::query_as(
        "select a.id, o.service, o.operation, a.to_time, a.at_time, a.at_trace, a.traces \
           from verdict_again a join verdict_override o on o.id = a.override_id where a.finished_at is null for update of a",
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(place) = place else { return Ok(Step::Idle) };
    if place.traces.is_none() {
        count(&mut transaction, &place).await?;
        transaction.commit().await?;
        return Ok(Step::More);
    }
    let lines: i64 = sqlx::query_scalar("select count(*) from trace_due").fetch_one(&mut *transaction).await?;
    if lines > LINES_MAX {
        return Ok(Step::Wait);
    }
    let looked = look(&mut transaction, &place, limit).await?;
    let meant: Vec<Uuid> = looked.iter().filter(|trace| trace.is_meant).map(|trace| trace.trace_id).collect();
    put(&mut transaction, &meant, now).await?;
    let last = looked.last().map(|trace| (trace.start_time, trace.trace_id));
    let is_last = (looked.len() as i64) < limit;
    let (at_time, at_trace) = last.unwrap_or((place.at_time, place.at_trace));
    sqlx::query(
        "update verdict_again set at_time = $2, at_trace = $3, looked = looked + $4, put = put + $5, \
                finished_at = case when $6 then $7 end where id = $1",
    )
    .bind(place.id)
    .bind(at_time)
    .bind(at_trace)
    .bind(looked.len() as i64)
    .bind(meant.len() as i64)
    .bind(is_last)
    .bind(now)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(if is_last { Step::Idle } else { Step::More })
}

async fn count(db: &mut PgConnection, place: &Place) -> Result<(), StoreError> {
    sqlx::query(
        "update verdict_again set traces = (select count(*) from traces where start_time >= $2 and start_time < $3) where id = $1",
    )
    .bind(place.id)
    .bind(place.at_time)
    .bind(place.to_time)
    .execute(db)
    .await?;
    Ok(())
}

/// The next traces, and whether each has spans with a cost or tokens that the override may be about. The scope of a span is not
/// asked: whoever settles it reads that, and finds nothing to correct where it is another one.
async fn look(db: &mut PgConnection, place: &Place, limit: i64) -> Result<Vec<Looked>, StoreError> {
    Ok(sqlx::query_as(
        "with service as (select id from dim_service where name = $5), operation as (select id from dim_operation where name = $6), \
              next as (select trace_id, start_time, home from traces \
                        where (start_time, trace_id) > ($1, $2) and start_time < $3 order by start_time, trace_id limit $4) \
         select n.trace_id, n.start_time, exists (select from span s where s.trace_id = n.trace_id and s.home = n.home \
                    and ($5::text is null or s.service_id = (select id from service)) \
                    and ($6::text is null or s.operation_id = (select id from operation)) \
                    and (s.cost_pico is not null or s.claimed_pico is not null or s.model_id is not null)) as is_meant \
           from next n order by n.start_time, n.trace_id",
    )
    .bind(place.at_time)
    .bind(place.at_trace)
    .bind(place.to_time)
    .bind(limit)
    .bind(place.service.as_deref())
    .bind(place.operation.as_deref())
    .fetch_all(db)
    .await?)
}

/// Puts traces on the finaliser's list. Their version is raised, as by spans: what a finaliser has read before is thrown away.
async fn put(db: &mut PgConnection, trace_ids: &[Uuid], now: DateTime<Utc>) -> Result<(), StoreError> {
    if trace_ids.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "update traces t set version = t.version + 1 \
           from (select trace_id from traces where trace_id = any($1) order by trace_id for no key update) locked \
          where t.trace_id = locked.trace_id",
    )
    .bind(trace_ids)
    .execute(&mut *db)
    .await?;
    sqlx::query("insert into trace_due (written_at, trace_ids) values ($1, $2)")
        .bind(now)
        .bind(trace_ids)
        .execute(db)
        .await?;
    Ok(())
}
