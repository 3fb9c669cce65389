//! Calls of the plan as they are, and what corrects them: the row of the span with its payload, the totals of its trace, the
//! finaliser's list.

use chrono::{DateTime, Utc};
use model::cost::{CostSource, Verdict};
use model::repricing::Change;
use model::span::Status;
use model::{Usd, UsdSum};
use rustc_hash::FxHashMap;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::apply::Step;
use crate::booked::Booked;
use crate::outbox::entries::{Entries, Sums};
use crate::payload::Repacker;
use crate::{StoreError, payload};

/// Corrections in the outbox stand under a writer of their own.
const WRITER: i32 = -2;

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
pub(super) struct Correction {
    row: Row,
    source: i16,
    claimed_pico: Option<i64>,
    before: Booked,
    after: Booked,
    payload: Vec<u8>,
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
pub(super) async fn of_steps(db: &mut PgConnection, steps: &[Step]) -> Result<Vec<Correction>, StoreError> {
    let rows = read(db, steps).await?;
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

/// Writes them into the books.
pub(super) async fn write(
    db: &mut PgConnection,
    corrections: &[Correction],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    write_spans(db, corrections).await?;
    write_traces(db, corrections).await?;
    let mut entries = Entries::default();
    corrections.iter().for_each(|correction| correction.before.replace(&correction.after, &mut entries));
    entries.insert(db, WRITER).await?;
    mark_due(db, corrections, now).await
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
pub(super) fn moved(corrections: &[Correction]) -> FxHashMap<(i32, i32), Change> {
    let mut lines: FxHashMap<(i32, i32), Change> = FxHashMap::default();
    for correction in corrections {
        let moved = UsdSum::from_pico(correction.difference().cost_pico);
        let key = (correction.row.tenant_id, correction.row.model_id.unwrap_or_default());
        *lines.entry(key).or_default() += Change { applied: 1, moved, ..Change::default() };
    }
    lines
}
