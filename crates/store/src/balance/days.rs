//! The spans added up day by day: a leaf is one statement, and what a leaf of a day that is over added up to is kept.
//!
//! A kept sum counts as long as the traces of its day say the same in the snapshot that is looked at. When they do not, the spans
//! are added up anew before anybody is told that something is wrong.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Day, DaySum};
use sqlx::{FromRow, PgConnection, PgPool};

use crate::StoreError;
use crate::numeric::pico;
use crate::partitions::Leaf;

/// What need not be added up, and how long adding up may take.
pub(super) struct Haste {
    /// Days that ended by then are over.
    pub(super) closed_before: DateTime<Utc>,
    pub(super) time_max: Duration,
}

/// What the traces of a day say.
pub(super) struct OfTraces {
    pub(super) sum: DaySum,
    pub(super) unsettled: i64,
    pub(super) last_seen: DateTime<Utc>,
}

#[derive(FromRow)]
struct TracesRow {
    home: DateTime<Utc>,
    spans: i64,
    unknown: i64,
    cost_pico: String,
    unsettled: i64,
    last_seen: DateTime<Utc>,
}

#[derive(FromRow)]
struct KeptRow {
    name: String,
    spans: i64,
    unknown: i64,
    pending: i64,
    cost_pico: String,
    summed_at: DateTime<Utc>,
}

/// The traces, by the day they live on.
pub(super) async fn of_traces(db: &mut PgConnection) -> Result<Vec<(DateTime<Utc>, OfTraces)>, StoreError> {
    let rows: Vec<TracesRow> = sqlx::query_as(
        "select home, sum(span_count)::int8 as spans, sum(nocost_count)::int8 as unknown, sum(cost_pico)::text as cost_pico, \
                count(*) filter (where finalised is distinct from version) as unsettled, max(last_seen) as last_seen \
           from traces group by home",
    )
    .fetch_all(db)
    .await?;
    let day = |row: TracesRow| {
        let cost = UsdSum::from_pico(pico(&row.cost_pico, "traces")?);
        let sum = DaySum { spans: row.spans, unknown: row.unknown, pending: 0, cost };
        Ok((row.home, OfTraces { sum, unsettled: row.unsettled, last_seen: row.last_seen }))
    };
    rows.into_iter().map(day).collect()
}

/// The spans of every leaf, newest first.
pub(super) async fn of_spans(
    db: &mut PgConnection,
    leaves: &[Leaf],
    of_traces: &[(DateTime<Utc>, OfTraces)],
    haste: &Haste,
) -> Result<Vec<Day>, StoreError> {
    let began = Instant::now();
    let mut kept = kept(db).await?;
    let mut days = Vec::with_capacity(leaves.len());
    for leaf in leaves.iter().rev() {
        let of_traces = of_traces.iter().find(|(home, _)| *home == leaf.from);
        let traces = of_traces.map(|(_, day)| day.sum).unwrap_or_default();
        let kept = kept.remove(&leaf.name).filter(|(sum, _)| leaf.to <= haste.closed_before && sum.agrees(&traces));
        let (spans, summed_at) = match kept {
            Some((sum, at)) => (Some(sum), Some(at)),
            // A leaf without traces is empty, or should be: that takes no time to see.
            None if began.elapsed() > haste.time_max && traces != DaySum::default() => (None, None),
            None => (Some(sum(db, leaf).await?), None),
        };
        days.push(Day { day: leaf.from, spans, traces, summed_at });
    }
    // Leaves that are made ahead and hold nothing are nobody's business.
    days.retain(|day| day.traces != DaySum::default() || day.spans != Some(DaySum::default()));
    Ok(days)
}

async fn kept(db: &mut PgConnection) -> Result<HashMap<String, (DaySum, DateTime<Utc>)>, StoreError> {
    let rows: Vec<KeptRow> = sqlx::query_as(
        "select name, spans, unknown, pending, cost_pico::text as cost_pico, summed_at from span_leaf_sum",
    )
    .fetch_all(db)
    .await?;
    let sum = |row: KeptRow| {
        let cost = UsdSum::from_pico(pico(&row.cost_pico, "span_leaf_sum")?);
        let sum = DaySum { spans: row.spans, unknown: row.unknown, pending: row.pending, cost };
        Ok((row.name, (sum, row.summed_at)))
    };
    rows.into_iter().map(sum).collect()
}

async fn sum(db: &mut PgConnection, leaf: &Leaf) -> Result<DaySum, StoreError> {
    let (spans, known, pending, cost_pico): (i64, i64, i64, String) = sqlx::query_as(
        "select count(*), count(cost_pico), count(*) filter (where verdict = 3), coalesce(sum(cost_pico), 0)::text \
           from span where home >= $1 and home < $2",
    )
    .bind(leaf.from)
    .bind(leaf.to)
    .fetch_one(db)
    .await?;
    let cost = UsdSum::from_pico(pico(&cost_pico, "span")?);
    Ok(DaySum { spans, unknown: spans - known, pending, cost })
}

/// Keeps the sums that were made just now.
pub async fn keep(db: &PgPool, days: &[Day], now: DateTime<Utc>) -> Result<(), StoreError> {
    let fresh: Vec<(DateTime<Utc>, DaySum)> =
        days.iter().filter(|day| day.summed_at.is_none()).filter_map(|day| Some((day.day, day.spans?))).collect();
    let of = |value: fn(&DaySum) -> i64| fresh.iter().map(|(_, sum)| value(sum)).collect::<Vec<_>>();
    sqlx::query(
        "insert into span_leaf_sum (name, spans, unknown, pending, cost_pico, summed_at) \
         select leaf.name, u.spans, u.unknown, u.pending, u.cost_pico::numeric, $6 \
           from unnest($1::timestamptz[], $2::int8[], $3::int8[], $4::int8[], $5::text[]) \
             as u(day, spans, unknown, pending, cost_pico) \
           join span_leaf leaf on leaf.from_home = u.day \
             on conflict (name) do update set spans = excluded.spans, unknown = excluded.unknown, pending = excluded.pending, \
                cost_pico = excluded.cost_pico, summed_at = excluded.summed_at",
    )
    .bind(fresh.iter().map(|(day, _)| *day).collect::<Vec<_>>())
    .bind(of(|sum| sum.spans))
    .bind(of(|sum| sum.unknown))
    .bind(of(|sum| sum.pending))
    .bind(fresh.iter().map(|(_, sum)| sum.cost.pico().to_string()).collect::<Vec<_>>())
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Forgets all sums that are kept, so that the next check adds everything up anew.
pub async fn forget(db: &PgPool) -> Result<(), StoreError> {
    sqlx::query("delete from span_leaf_sum").execute(db).await?;
    Ok(())
}
