//! What a set of rows adds to `traces` and to the outbox: summed in memory, so that each is one statement.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use super::batch::{Batch, Row};
use crate::names::{Dictionary, Ids};
use crate::outbox::entries::Entries;
use crate::{StoreError, UNATTRIBUTED};

/// What some rows of one trace add to it.
pub(super) struct TraceTotals {
    pub(super) trace_id: Uuid,
    pub(super) start_us: i64,
    end_us: i64,
    spans: i64,
    errors: i64,
    unpriced: i64,
    cost_pico: i64,
    tokens_in: i64,
    tokens_out: i64,
    tenant: i32,
    root: Option<(i32, i32)>,
    session: Option<String>,
    declared_pico: Option<i64>,
    max_tag: i16,
    space: i32,
}

/// Totals by trace, in the order of the rows, which is by trace id.
pub(super) fn by_trace(batch: &Batch, rows: &[&Row], ids: &Ids) -> Result<Vec<TraceTotals>, StoreError> {
    rows.chunk_by(|left, right| left.trace_id == right.trace_id).map(|rows| of_trace(batch, rows, ids)).collect()
}

fn of_trace(batch: &Batch, rows: &[&Row], ids: &Ids) -> Result<TraceTotals, StoreError> {
    let trace_id = rows[0].trace_id;
    let cost: i128 = rows.iter().filter_map(|row| row.cost_pico).map(i128::from).sum();
    let root = rows.iter().filter(|row| row.parent_span_id.is_none()).min_by_key(|row| row.start_us);
    let tenant = |row: &Row| ids.of(Dictionary::Tenant, row.tenant);
    let owned = rows.iter().filter(|row| tenant(row) != UNATTRIBUTED).min_by_key(|row| row.start_us);
    let counted = || rows.iter().filter(|row| row.counts());
    let tokens = |count: fn(&Row) -> Option<i32>| counted().filter_map(|row| count(row)).map(i64::from).sum();
    Ok(TraceTotals {
        trace_id,
        start_us: rows.iter().map(|row| row.start_us).min().unwrap_or_default(),
        end_us: rows.iter().map(|row| row.end_us()).max().unwrap_or_default(),
        spans: rows.len() as i64,
        errors: rows.iter().filter(|row| row.is_error()).count() as i64,
        unpriced: rows.iter().filter(|row| row.cost_pico.is_none()).count() as i64,
        cost_pico: i64::try_from(cost).map_err(|_| StoreError::Inconsistent {
            table: "traces",
            column: "cost_pico",
            id: trace_id.to_string(),
        })?,
        tokens_in: tokens(|row| row.tokens_in),
        tokens_out: tokens(|row| row.tokens_out),
        tenant: root
            .map(|row| tenant(row))
            .filter(|id| *id != UNATTRIBUTED)
            .or(owned.map(|row| tenant(row)))
            .unwrap_or(UNATTRIBUTED),
        root: root.map(|row| (ids.of(Dictionary::Service, row.service), ids.of(Dictionary::Operation, row.operation))),
        session: rows.iter().find_map(|row| row.session.as_deref()).map(str::to_owned),
        declared_pico: batch.declared.get(&trace_id).copied(),
        max_tag: rows.iter().map(|row| row.data_tag).max().unwrap_or_default(),
        space: batch.spaces.get(&trace_id).copied().unwrap_or_default(),
    })
}

impl TraceTotals {
    /// The same trace with nothing added yet: what reserves its row.
    pub(super) fn without_sums(&self) -> Self {
        let Self { trace_id, start_us, end_us, tenant, max_tag, space, .. } = *self;
        let (spans, errors, unpriced, cost_pico, tokens_in, tokens_out) = (0, 0, 0, 0, 0, 0);
        let (root, session, declared_pico) = (None, None, None);
        Self {
            trace_id,
            start_us,
            end_us,
            spans,
            errors,
            unpriced,
            cost_pico,
            tokens_in,
            tokens_out,
            tenant,
            root,
            session,
            declared_pico,
            max_tag,
            space,
        }
    }
}

/// Inserts totals as new traces; what happens to those that exist follows.
macro_rules! insert_traces {
    ($then:literal) => {
        concat!(
            "insert into traces as t (trace_id, home, start_time, end_time, span_count, error_count, nocost_count, cost_pico, \
             tokens_in, tokens_out, tenant_id, root_service_id, root_operation_id, session, declared_cost_pico, max_tag, space, \
             last_seen) select *, $18 from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::int8[], $6::int8[], \
             $7::int8[], $8::int8[], $9::int8[], $10::int8[], $11::int4[], $12::int4[], $13::int4[], $14::text[], $15::int8[], \
             $16::int2[], $17::int4[]) ",
            $then
        )
    };
}

/// Adds to existing traces, and says where each trace lives.
const ADD: &str = insert_traces!(
    "on conflict (trace_id) do update set \
     start_time = least(t.start_time, excluded.start_time), end_time = greatest(t.end_time, excluded.end_time), \
     span_count = t.span_count + excluded.span_count, error_count = t.error_count + excluded.error_count, \
     nocost_count = t.nocost_count + excluded.nocost_count, cost_pico = t.cost_pico + excluded.cost_pico, \
     tokens_in = t.tokens_in + excluded.tokens_in, tokens_out = t.tokens_out + excluded.tokens_out, \
     tenant_id = case when t.tenant_id = 1 then excluded.tenant_id else t.tenant_id end, \
     root_service_id = coalesce(t.root_service_id, excluded.root_service_id), \
     root_operation_id = coalesce(t.root_operation_id, excluded.root_operation_id), \
     session = coalesce(t.session, excluded.session), \
     declared_cost_pico = coalesce(t.declared_cost_pico, excluded.declared_cost_pico), \
     max_tag = greatest(t.max_tag, excluded.max_tag), last_seen = greatest(t.last_seen, excluded.last_seen), \
     version = t.version + 1 \
     returning trace_id, home"
);

/// Makes the rows of traces that do not exist yet, and leaves the others alone.
const RESERVE: &str = insert_traces!("on conflict do nothing returning trace_id, home");

/// Adds totals to `traces`; `home` says where a trace that is new begins to live. Answers with where each lives.
pub(super) async fn add(
    db: &mut PgConnection,
    totals: &[TraceTotals],
    home: impl Fn(&TraceTotals) -> DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, DateTime<Utc>)>, StoreError> {
    run(db, ADD, totals, home, now).await
}

/// Makes the rows of traces that are new, so that they can be locked like the others.
pub(super) async fn reserve(
    db: &mut PgConnection,
    totals: &[TraceTotals],
    home: impl Fn(&TraceTotals) -> DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let empty: Vec<TraceTotals> = totals.iter().map(TraceTotals::without_sums).collect();
    run(db, RESERVE, &empty, home, now).await.map(drop)
}

async fn run(
    db: &mut PgConnection,
    statement: &'static str,
    totals: &[TraceTotals],
    home: impl Fn(&TraceTotals) -> DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Vec<(Uuid, DateTime<Utc>)>, StoreError> {
    let rows = sqlx::query(statement)
        .bind(column(totals, |total| total.trace_id))
        .bind(column(totals, home))
        .bind(column(totals, |total| time(total.start_us)))
        .bind(column(totals, |total| time(total.end_us)))
        .bind(column(totals, |total| total.spans))
        .bind(column(totals, |total| total.errors))
        .bind(column(totals, |total| total.unpriced))
        .bind(column(totals, |total| total.cost_pico))
        .bind(column(totals, |total| total.tokens_in))
        .bind(column(totals, |total| total.tokens_out))
        .bind(column(totals, |total| total.tenant))
        .bind(column(totals, |total| total.root.map(|(service, _)| service)))
        .bind(column(totals, |total| total.root.map(|(_, operation)| operation)))
        .bind(column(totals, |total| total.session.clone()))
        .bind(column(totals, |total| total.declared_pico))
        .bind(column(totals, |total| total.max_tag))
        .bind(column(totals, |total| total.space))
        .bind(now)
        .fetch_all(db)
        .await?;
    let home = |row: &PgRow| Ok((row.try_get(0)?, row.try_get(1)?));
    rows.iter().map(home).collect()
}

fn column<T>(totals: &[TraceTotals], value: impl Fn(&TraceTotals) -> T) -> Vec<T> {
    totals.iter().map(value).collect()
}

/// Microseconds since 1970 as a time. Those of a span are within 600 years of 1970, far from the ends of the calendar.
pub(super) fn time(us: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(us).unwrap_or_default()
}

/// What rows add to the rollups.
pub(super) fn entries(rows: &[&Row], ids: &Ids) -> Entries {
    let mut entries = Entries::default();
    for row in rows {
        let booked = row.booked(ids);
        entries.add(booked.cell(), booked.sums());
        entries.measure(booked.cell(), row.duration_ns);
    }
    entries
}

/// Puts the traces on the finaliser's list.
pub(super) async fn mark_due(
    db: &mut PgConnection,
    traces: &[TraceTotals],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query("insert into trace_due (written_at, trace_ids) values ($1, $2)")
        .bind(now)
        .bind(column(traces, |total| total.trace_id))
        .execute(db)
        .await?;
    Ok(())
}
