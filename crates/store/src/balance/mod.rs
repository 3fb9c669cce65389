//! Whether the books balance: the same money added up in every way there is.
//!
//! [`check`] adds everything up anew. [`check_with_kept`] uses what the spans of days that are over added up to before
//! ([`days`]), as long as their traces still say the same, and so costs what the days cost that still change.

pub mod days;
mod sums;

use std::time::Duration;

use chrono::{DateTime, Utc};
use model::cost::{Balance, Drift};
use model::{Usd, UsdSum};
use sqlx::{PgConnection, PgPool};

use crate::{StoreError, spaces, traces};
use days::Haste;

/// Most drifting traces listed, worst first.
const DRIFT_MAX: i64 = 100;

/// A difference people care about: a tenth of a cent.
const DRIFT_PICO_MIN: i64 = 1_000_000_000;

/// Adds up the same money in every way there is, in one snapshot.
pub async fn check(db: &PgPool) -> Result<Balance, StoreError> {
    check_in_haste(db, &Haste { closed_before: DateTime::UNIX_EPOCH, time_max: Duration::MAX }).await
}

/// The same, with the sums kept of days that were over before `closed_before`. Days that are not summed within `time_max` are left
/// open, the oldest first.
pub async fn check_with_kept(
    db: &PgPool,
    closed_before: DateTime<Utc>,
    time_max: Duration,
) -> Result<Balance, StoreError> {
    check_in_haste(db, &Haste { closed_before, time_max }).await
}

async fn check_in_haste(db: &PgPool, haste: &Haste) -> Result<Balance, StoreError> {
    let leaves = crate::partitions::registry(db).await?;
    let mut snapshot = db.begin_with("begin isolation level repeatable read read only").await?;
    let of_traces = days::of_traces(&mut snapshot).await?;
    let days = days::of_spans(&mut snapshot, &leaves, &of_traces, haste).await?;
    let (mut by, unattributed) = sums::rollups(&mut snapshot).await?;
    let total = days.iter().filter_map(|day| day.spans).map(|sum| sum.cost).sum();
    let traces: UsdSum = of_traces.iter().map(|(_, day)| day.sum.cost).sum();
    by.extend([("traces".to_owned(), traces), ("spans".to_owned(), total)]);
    let mut balance = Balance { total, by, unattributed, days, ..Balance::default() };
    balance.open.outbox_rows =
        sqlx::query_scalar("select count(*) from rollup_outbox").fetch_one(&mut *snapshot).await?;
    balance.open.unsettled_traces = of_traces.iter().map(|(_, day)| day.unsettled).sum();
    balance.open.last_seen = of_traces.iter().map(|(_, day)| day.last_seen).max();
    if !balance.is_balanced() && balance.is_complete() {
        balance.off_since = sums::off_since(&mut snapshot, &balance).await?;
    }
    balance.drift = drift(&mut snapshot).await?;
    drop(snapshot);
    let called = spaces::called(db, &balance.drift.iter().map(|line| line.kept).collect::<Vec<_>>()).await?;
    for line in &mut balance.drift {
        line.own_space_of = called.own_space_of(line.kept).map(str::to_owned);
        line.trace_id = called.id(line.kept);
    }
    Ok(balance)
}

async fn drift(db: &mut PgConnection) -> Result<Vec<Drift>, StoreError> {
    let rows = sqlx::query!(
        r#"
        select trace_id, declared_cost_pico as "declared!", cost_pico
          from traces
         where declared_cost_pico is not null
           and abs(declared_cost_pico::numeric - cost_pico) > $1::int8
         order by abs(declared_cost_pico::numeric - cost_pico) desc, trace_id
         limit $2
        "#,
        DRIFT_PICO_MIN,
        DRIFT_MAX,
    )
    .fetch_all(db)
    .await?;
    let drift = rows.into_iter().map(|row| {
        let kept = traces::trace_id(row.trace_id)?;
        Ok(Drift {
            trace_id: kept,
            own_space_of: None,
            kept,
            declared: Usd::from_pico(row.declared),
            calculated: Usd::from_pico(row.cost_pico),
        })
    });
    drift.collect()
}

#[cfg(test)]
mod tests;
