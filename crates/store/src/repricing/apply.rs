//! The plan, applied: the span, its trace, the outbox, the plan and the account of it change in one transaction, so that a crash
//! leaves either none of it or all of it, and going on is taking what is left of the plan.
//!
//! Traces are locked as every writer does, and their version is raised: what a finaliser has read before is thrown away, and it
//! settles the trace anew.

use chrono::{DateTime, Utc};
use model::repricing::State;
use sqlx::{FromRow, PgConnection, PgPool};
use uuid::Uuid;

use super::correct;
use super::look::add_lines;
use crate::StoreError;

/// Bytes of payloads that are rewritten in one transaction: a payload is about a kilobyte and may be megabytes.
const PAYLOAD_BYTES_MAX: i64 = 16 * 1024 * 1024;

/// What became of a part of the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Calls that were changed.
    pub applied: i64,
    /// Calls that had changed since they were looked at, or are gone.
    pub skipped: i64,
    /// Nothing is left of the plan.
    pub is_last: bool,
}

/// A row of the plan.
#[derive(FromRow)]
pub(super) struct Step {
    pub(super) trace_id: Uuid,
    pub(super) span_id: i64,
    pub(super) before_pico: Option<i64>,
    pub(super) after_pico: Option<i64>,
    pub(super) source: i16,
    pub(super) cost: Vec<u8>,
}

/// Applies some of the plan, `limit` calls at most, in one transaction.
pub async fn apply(db: &PgPool, id: i64, limit: i64, now: DateTime<Utc>) -> Result<Applied, StoreError> {
    let mut transaction = db.begin().await?;
    // Two servers that both think they were elected take turns.
    let state: Option<i16> = sqlx::query_scalar("select state from repricing where id = $1 for update")
        .bind(id)
        .fetch_optional(&mut *transaction)
        .await?;
    if state != Some(State::Applying.code()) {
        return Ok(Applied { is_last: true, ..Applied::default() });
    }
    let steps = take(&mut transaction, id, limit).await?;
    lock_traces(&mut transaction, &steps).await?;
    let corrections = correct::of_steps(&mut transaction, &steps).await?;
    correct::write(&mut transaction, &corrections, now).await?;
    add_lines(&mut transaction, id, correct::moved(&corrections).into_iter()).await?;
    let applied = corrections.len() as i64;
    let skipped = steps.len() as i64 - applied;
    let is_last = account(&mut transaction, id, (applied, skipped), now).await?;
    transaction.commit().await?;
    Ok(Applied { applied, skipped, is_last })
}

/// Takes the first call of the plan off without changing it: its new cost cannot be kept.
pub async fn set_aside(db: &PgPool, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut transaction = db.begin().await?;
    let steps = take(&mut transaction, id, 1).await?;
    account(&mut transaction, id, (0, steps.len() as i64), now).await?;
    transaction.commit().await?;
    Ok(())
}

/// Takes the next calls off the plan: as many as there are payloads to be held in memory.
async fn take(db: &mut PgConnection, id: i64, limit: i64) -> Result<Vec<Step>, StoreError> {
    // The length of a payload is known without reading it: payloads are kept as they are given.
    Ok(sqlx::query_as(
        "with next as (select c.trace_id, c.span_id, coalesce(octet_length(s.payload), 0) as bytes \
                         from (select trace_id, span_id, home from repricing_change where repricing_id = $1 \
                                order by trace_id, span_id limit $2) c \
                         left join lateral (select payload from span s where s.home = c.home and s.trace_id = c.trace_id \
                                               and s.span_id = c.span_id offset 0) s on true), \
              part as (select trace_id, span_id from ( \
                         select trace_id, span_id, sum(bytes) over (order by trace_id, span_id) - bytes as before from next) n \
                        where before < $3) \
         delete from repricing_change c using part \
          where c.repricing_id = $1 and c.trace_id = part.trace_id and c.span_id = part.span_id \
         returning c.trace_id, c.span_id, c.before_pico, c.after_pico, c.source, c.cost",
    )
    .bind(id)
    .bind(limit)
    .bind(PAYLOAD_BYTES_MAX)
    .fetch_all(db)
    .await?)
}

/// Locks traces in the order every writer does.
async fn lock_traces(db: &mut PgConnection, steps: &[Step]) -> Result<(), StoreError> {
    let mut trace_ids: Vec<Uuid> = steps.iter().map(|step| step.trace_id).collect();
    trace_ids.sort_unstable();
    trace_ids.dedup();
    sqlx::query("select from traces where trace_id = any($1) order by trace_id for no key update")
        .bind(trace_ids)
        .execute(db)
        .await?;
    Ok(())
}

/// Writes down what was done; tells whether nothing is left of the plan.
async fn account(
    db: &mut PgConnection,
    id: i64,
    (applied, skipped): (i64, i64),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let state: i16 = sqlx::query_scalar(
        "update repricing set applied = applied + $2, skipped = skipped + $3, \
                state = case when left_over then state else $4 end, applied_at = case when left_over then null else $5 end \
           from (select exists (select from repricing_change where repricing_id = $1) as left_over) l \
          where id = $1 returning state",
    )
    .bind(id)
    .bind(applied)
    .bind(skipped)
    .bind(State::Applied.code())
    .bind(now)
    .fetch_one(db)
    .await?;
    Ok(state == State::Applied.code())
}
