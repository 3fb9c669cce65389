//! The plan, applied: the span, its trace, the outbox, the plan and the account of it change in one transaction, so that a crash
//! leaves either none of it or all of it, and going on is taking what is left of the plan.
//!
//! Traces are locked as every writer does, and their version is raised: what a finaliser has read before is thrown away, and it
//! settles the trace anew.

use chrono::{DateTime, Utc};
use model::cost::{CostSource, Verdict};
use model::repricing::{Change, State};
use model::span::Status;
use model::{Usd, UsdSum};
use rustc_hash::FxHashMap;
use sqlx::{FromRow, PgConnection, PgPool};
use uuid::Uuid;

use super::look::add_lines;
use crate::booked::Booked;
use crate::outbox::entries::{Entries, Sums};
use crate::payload::Repacker;
use crate::{StoreError, payload};

/// Corrections in the outbox stand under a writer of their own.
const WRITER: i32 = -2;

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
struct Step {
    trace_id: Uuid,
    span_id: i64,
    before_pico: Option<i64>,
    after_pico: Option<i64>,
    source: i16,
    cost: Vec<u8>,
}

/// The call as it is now.
#[derive(FromRow)]
struct Row {
    trace_id: Uuid,
    home: DateTime<Utc>,
    span_id: i64,
    start_time: DateTime<Utc>,
    duration_ns: i64,
    tenant_id: i32,
    service_id: i32,
    capability_id: Option<i32>,
    model_id: Option<i32>,
    user_id: Option<i32>,
    data_tag: i16,
    status: i16,
    verdict: i16,
    cost_source: i16,
    cost_pico: Option<i64>,
    claimed_pico: Option<i64>,
    tokens_in: Option<i32>,
    tokens_out: Option<i32>,
    payload: Vec<u8>,
}

/// A call with what it is to be.
struct Correction {
    row: Row,
    source: i16,
    claimed_pico: Option<i64>,
    before: Booked,
    after: Booked,
    payload: Vec<u8>,
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
    let rows = read(&mut transaction, &steps).await?;
    let corrections = corrections(&mut transaction, &steps, rows).await?;
    write_spans(&mut transaction, &corrections).await?;
    write_traces(&mut transaction, &corrections).await?;
    let mut entries = Entries::default();
    corrections.iter().for_each(|correction| correction.before.replace(&correction.after, &mut entries));
    entries.insert(&mut transaction, WRITER).await?;
    mark_due(&mut transaction, &corrections, now).await?;
    add_lines(&mut transaction, id, moved(&corrections).into_iter()).await?;
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

/// The calls as they are. Their traces are locked, so nobody changes them meanwhile.
async fn read(db: &mut PgConnection, steps: &[Step]) -> Result<Vec<Row>, StoreError> {
    // `offset 0` looks each span up by its id: the planner would rather read whole leaves.
    Ok(sqlx::query_as(
        "select s.* from unnest($1::uuid[], $2::int8[]) as u(trace_id, span_id) join traces t on t.trace_id = u.trace_id \
          cross join lateral (select trace_id, home, span_id, start_time, duration_ns, tenant_id, service_id, capability_id, \
                 model_id, user_id, data_tag, status, verdict, cost_source, cost_pico, claimed_pico, tokens_in, tokens_out, payload \
            from span where home = t.home and trace_id = u.trace_id and span_id = u.span_id offset 0) s",
    )
    .bind(steps.iter().map(|step| step.trace_id).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.span_id).collect::<Vec<_>>())
    .fetch_all(db)
    .await?)
}

/// What is to be written. Calls that do not say any more what they said when they were looked at are left out.
async fn corrections(db: &mut PgConnection, steps: &[Step], rows: Vec<Row>) -> Result<Vec<Correction>, StoreError> {
    let frames = rows.iter().map(|row| row.payload.as_slice());
    let unreadable = |id: String| StoreError::Inconsistent { table: "span", column: "payload", id };
    let mut repacker = Repacker::new(payload::dictionary::of_frames(&mut *db, frames).await?)
        .map_err(|error| unreadable(error.to_string()))?;
    let steps: FxHashMap<(Uuid, i64), &Step> = steps.iter().map(|step| ((step.trace_id, step.span_id), step)).collect();
    let mut corrections = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(step) = steps.get(&(row.trace_id, row.span_id)) else { continue };
        let verdict = row.verdict()?;
        let reported = row.cost_source == CostSource::Reported.code();
        if reported || row.said(verdict) != step.before_pico {
            continue;
        }
        let payload = repacker
            .reprice(&row.payload, &step.cost)
            .map_err(|reason| unreadable(format!("{:016x}: {reason}", row.span_id)))?;
        let said = step.after_pico.map(Usd::from_pico);
        let before = row.booked(verdict);
        let after = Booked { cost_pico: verdict.counted(said).map(Usd::pico), ..before };
        let claimed_pico = verdict.claimed(said).map(Usd::pico);
        corrections.push(Correction { row, source: step.source, claimed_pico, before, after, payload });
    }
    Ok(corrections)
}

impl Row {
    fn verdict(&self) -> Result<Verdict, StoreError> {
        Verdict::from_code(self.verdict).ok_or_else(|| StoreError::Inconsistent {
            table: "span",
            column: "verdict",
            id: format!("{:016x}", self.span_id),
        })
    }

    const fn said(&self, verdict: Verdict) -> Option<i64> {
        match verdict {
            Verdict::Own => self.cost_pico,
            _ => self.claimed_pico,
        }
    }

    fn booked(&self, verdict: Verdict) -> Booked {
        Booked {
            start_us: self.start_time.timestamp_micros(),
            duration_ns: self.duration_ns,
            tenant: self.tenant_id,
            service: self.service_id,
            capability: self.capability_id,
            model: self.model_id,
            user: self.user_id,
            data_tag: self.data_tag,
            is_error: self.status == Status::Error.code(),
            counts: verdict == Verdict::Own,
            cost_pico: self.cost_pico,
            tokens_in: self.tokens_in,
            tokens_out: self.tokens_out,
        }
    }
}

impl Correction {
    fn difference(&self) -> Sums {
        let mut difference = self.after.sums();
        difference += -self.before.sums();
        difference
    }
}

async fn write_spans(db: &mut PgConnection, corrections: &[Correction]) -> Result<(), StoreError> {
    fn column<T>(corrections: &[Correction], value: impl Fn(&Correction) -> T) -> Vec<T> {
        corrections.iter().map(value).collect()
    }
    sqlx::query(
        "update span s set cost_pico = u.cost_pico, claimed_pico = u.claimed_pico, cost_source = u.cost_source, payload = u.payload \
           from unnest($1::uuid[], $2::timestamptz[], $3::int8[], $4::int8[], $5::int8[], $6::int2[], $7::bytea[]) \
             as u(trace_id, home, span_id, cost_pico, claimed_pico, cost_source, payload) \
          where s.trace_id = u.trace_id and s.home = u.home and s.span_id = u.span_id",
    )
    .bind(column(corrections, |correction| correction.row.trace_id))
    .bind(column(corrections, |correction| correction.row.home))
    .bind(column(corrections, |correction| correction.row.span_id))
    .bind(column(corrections, |correction| correction.after.cost_pico))
    .bind(column(corrections, |correction| correction.claimed_pico))
    .bind(column(corrections, |correction| correction.source))
    .bind(column(corrections, |correction| correction.payload.clone()))
    .execute(db)
    .await?;
    Ok(())
}

async fn write_traces(db: &mut PgConnection, corrections: &[Correction]) -> Result<(), StoreError> {
    let mut traces: FxHashMap<Uuid, Sums> = FxHashMap::default();
    for correction in corrections {
        *traces.entry(correction.row.trace_id).or_default() += correction.difference();
    }
    let traces: Vec<(Uuid, Sums)> = traces.into_iter().collect();
    let cost = traces.iter().map(|(trace_id, sums)| {
        i64::try_from(sums.cost_pico).map_err(|_| StoreError::Inconsistent {
            table: "traces",
            column: "cost_pico",
            id: trace_id.to_string(),
        })
    });
    let cost: Vec<i64> = cost.collect::<Result<_, _>>()?;
    sqlx::query(
        "update traces t set version = t.version + 1, cost_pico = t.cost_pico + u.cost_pico, nocost_count = t.nocost_count - u.priced \
           from unnest($1::uuid[], $2::int8[], $3::int8[]) as u(trace_id, cost_pico, priced) where t.trace_id = u.trace_id",
    )
    .bind(traces.iter().map(|(trace_id, _)| *trace_id).collect::<Vec<_>>())
    .bind(cost)
    .bind(traces.iter().map(|(_, sums)| sums.priced).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}

/// Puts the traces on the finaliser's list: whether what is above a call repeats it may have changed with its cost.
async fn mark_due(db: &mut PgConnection, corrections: &[Correction], now: DateTime<Utc>) -> Result<(), StoreError> {
    let mut trace_ids: Vec<Uuid> = corrections.iter().map(|correction| correction.row.trace_id).collect();
    trace_ids.sort_unstable();
    trace_ids.dedup();
    sqlx::query("insert into trace_due (written_at, trace_ids) select $1, $2 where cardinality($2::uuid[]) > 0")
        .bind(now)
        .bind(trace_ids)
        .execute(db)
        .await?;
    Ok(())
}

/// What the corrections move, by tenant and model.
fn moved(corrections: &[Correction]) -> FxHashMap<(i32, i32), Change> {
    let mut lines: FxHashMap<(i32, i32), Change> = FxHashMap::default();
    for correction in corrections {
        let moved = UsdSum::from_pico(correction.difference().cost_pico);
        let key = (correction.row.tenant_id, correction.row.model_id.unwrap_or_default());
        *lines.entry(key).or_default() += Change { applied: 1, moved, ..Change::default() };
    }
    lines
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
