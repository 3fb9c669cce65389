//! Pricing stored calls again: runs, what they would change by tenant and model, and the plan of changes.
//!
//! `look` writes the plan down, `apply` takes it off again, call by call, with signed corrections of the books. What a call is to
//! cost is decided elsewhere. One run is under way at a time: an index makes sure of it.

mod apply;
mod correct;
mod look;
mod row;

use chrono::{DateTime, Utc};
use model::alert::hold::Person;
use model::repricing::{Line, Run, Scope, State};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::StoreError;
use crate::spans::model_calls::Position;

pub use apply::{Applied, apply, set_aside};
pub use look::{Looked, Planned, finish, keep, set_calls};
use row::{LineRow, Row};

/// How long a stretch of time is read first: an hour of a busy deployment has more calls than are looked at at once.
const FIRST_WINDOW_SECONDS: i32 = 60;

/// Plan rows that are thrown away at once: a transaction of some ten milliseconds.
const FORGOTTEN_AT_ONCE: i64 = 10_000;

/// Runs with the sum of their lines, up to where a condition goes.
macro_rules! runs {
    () => {
        "select r.id, r.state, r.from_time, r.to_time, r.tenant, r.model, r.revision, r.started_at, r.looked_at, r.calls, r.looked, \
                r.changes, r.problem, r.applied_by, r.note, r.applying_at, r.applied_at, r.applied, r.skipped, l.* \
           from repricing r cross join lateral ( \
             select coalesce(sum(calls), 0)::int8 as line_calls, coalesce(sum(changed), 0)::int8 as changed, \
                    coalesce(sum(unpriced_before), 0)::int8 as unpriced_before, coalesce(sum(unpriced_after), 0)::int8 as unpriced_after, \
                    coalesce(sum(before_pico), 0)::text as before_pico, coalesce(sum(after_pico), 0)::text as after_pico, \
                    coalesce(sum(applied), 0)::int8 as line_applied, coalesce(sum(moved_pico), 0)::text as moved_pico \
               from repricing_line where repricing_id = r.id) l "
    };
}

/// Asks for a run; `None` when one is under way. One that was ready and not applied is replaced.
pub async fn start(db: &PgPool, scope: &Scope, revision: &str, now: DateTime<Utc>) -> Result<Option<i64>, StoreError> {
    let mut transaction = db.begin().await?;
    let at = Position::before(scope.range.from);
    let id: Option<i64> = sqlx::query_scalar(
        "insert into repricing (state, from_time, to_time, tenant, model, revision, started_at, at_time, at_trace, at_span, \
                                window_seconds) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing returning id",
    )
    .bind(State::Looking.code())
    .bind(scope.range.from)
    .bind(scope.range.to)
    .bind(scope.tenant.as_deref())
    .bind(scope.model.as_deref())
    .bind(revision)
    .bind(now)
    .bind(at.time)
    .bind(at.trace_id)
    .bind(at.span_id)
    .bind(FIRST_WINDOW_SECONDS)
    .fetch_optional(&mut *transaction)
    .await?;
    sqlx::query("update repricing set state = $1 where state = $2 and $3::int8 is not null")
        .bind(State::Replaced.code())
        .bind(State::Ready.code())
        .bind(id)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(id)
}

/// Somebody applies a run; `false` when it is not ready, or not any more.
pub async fn begin(db: &PgPool, id: i64, person: &Person, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let begun = sqlx::query(
        "update repricing set state = $2, applied_by = $3, note = $4, applying_at = $5 where id = $1 and state = $6",
    )
    .bind(id)
    .bind(State::Applying.code())
    .bind(person.by())
    .bind(person.note())
    .bind(now)
    .bind(State::Ready.code())
    .execute(db)
    .await;
    match begun.map_err(StoreError::from) {
        Ok(done) => Ok(done.rows_affected() == 1),
        // Another one was asked for in this moment, and this one is replaced.
        Err(error) if error.is_about_values() => Ok(false),
        Err(error) => Err(error),
    }
}

/// Ends a run that cannot be finished.
pub async fn fail(db: &PgPool, id: i64, problem: &str) -> Result<(), StoreError> {
    sqlx::query("update repricing set state = $2, problem = $3 where id = $1 and state = any($4)")
        .bind(id)
        .bind(State::Failed.code())
        .bind(problem)
        .bind(vec![State::Looking.code(), State::Applying.code()])
        .execute(db)
        .await?;
    Ok(())
}

/// A run.
pub async fn get(db: &PgPool, id: i64) -> Result<Option<Run>, StoreError> {
    let row: Option<Row> = sqlx::query_as(concat!(runs!(), "where r.id = $1")).bind(id).fetch_optional(db).await?;
    row.map(Run::try_from).transpose()
}

/// Runs, the newest first.
pub async fn list(db: &PgPool, limit: i64) -> Result<Vec<Run>, StoreError> {
    let rows: Vec<Row> =
        sqlx::query_as(concat!(runs!(), "order by r.id desc limit $1")).bind(limit).fetch_all(db).await?;
    rows.into_iter().map(Run::try_from).collect()
}

/// What a run changes by tenant and model, the largest difference first; lines where nothing changes come last.
pub async fn lines(db: &PgPool, id: i64, limit: i64) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<LineRow> = sqlx::query_as(
        "select nullif(tenant.name, '') as tenant, nullif(m.provider, '') as provider, m.name as model_name, \
                l.calls as line_calls, l.changed, l.unpriced_before, l.unpriced_after, l.before_pico::text as before_pico, \
                l.after_pico::text as after_pico, l.applied as line_applied, l.moved_pico::text as moved_pico \
           from repricing_line l join dim_tenant tenant on tenant.id = l.tenant_id join dim_model m on m.id = l.model_id \
          where l.repricing_id = $1 \
          order by abs(l.after_pico - l.before_pico) desc, l.changed desc, abs(l.moved_pico) desc, tenant.name, m.name, m.provider \
          limit $2",
    )
    .bind(id)
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Line::try_from).collect()
}

/// A run that is under way, with where it is.
#[derive(Debug, Clone)]
pub struct UnderWay {
    /// The run.
    pub run: Run,
    /// How far it has looked.
    pub at: Position,
    /// How long a stretch of time is to be read next.
    pub window_seconds: i32,
}

/// The run that is under way.
pub async fn under_way(db: &PgPool) -> Result<Option<UnderWay>, StoreError> {
    #[derive(FromRow)]
    struct Place {
        at_time: DateTime<Utc>,
        at_trace: Uuid,
        at_span: i64,
        window_seconds: i32,
    }
    let id: Option<i64> =
        sqlx::query_scalar("select id from repricing where state in (0, 2)").fetch_optional(db).await?;
    let Some(run) = (match id {
        Some(id) => get(db, id).await?,
        None => None,
    }) else {
        return Ok(None);
    };
    let place: Place = sqlx::query_as("select at_time, at_trace, at_span, window_seconds from repricing where id = $1")
        .bind(run.id)
        .fetch_one(db)
        .await?;
    let at = Position { time: place.at_time, trace_id: place.at_trace, span_id: place.at_span };
    Ok(Some(UnderWay { run, at, window_seconds: place.window_seconds }))
}

/// Throws away some of the plans that nobody can apply any more; tells whether there may be more.
pub async fn forget_plans(db: &PgPool) -> Result<bool, StoreError> {
    let forgotten = sqlx::query(
        "delete from repricing_change where (repricing_id, trace_id, span_id) in ( \
           select c.repricing_id, c.trace_id, c.span_id from repricing_change c \
            where c.repricing_id <> all(array(select id from repricing where state in (0, 1, 2))) limit $1)",
    )
    .bind(FORGOTTEN_AT_ONCE)
    .execute(db)
    .await?;
    Ok(forgotten.rows_affected() as i64 == FORGOTTEN_AT_ONCE)
}

/// What tells one moment of the runs from the next: the newest, how far it is, and how many calls it has been through.
pub async fn pulse(db: &PgPool) -> Result<Option<(i64, i16, i64)>, StoreError> {
    Ok(sqlx::query_as("select id, state, looked + applied + skipped from repricing order by id desc limit 1")
        .fetch_optional(db)
        .await?)
}

#[cfg(test)]
mod tests;
