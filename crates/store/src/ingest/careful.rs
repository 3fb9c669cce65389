//! The slow way in: rows go to a temporary table first, and only what the insert from there returns is counted.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::batch::Row;
use super::copy::columns;
use super::{Attempt, Failure, copy, totals};

/// Writes the rows that are not there yet; answers how many.
pub(super) async fn write(attempt: &Attempt<'_>, db: &mut PgConnection) -> Result<u64, Failure> {
    let Attempt { batch, rows, ids, leaves, writer, now } = *attempt;
    let traces = totals::by_trace(batch, rows, ids)?;
    let home = |total: &totals::TraceTotals| leaves.home_of_new(totals::time(total.start_us), now);
    totals::reserve(db, &traces, home, now).await?;
    let trace_ids: Vec<Uuid> = traces.iter().map(|total| total.trace_id).collect();
    let homes = attempt.check_homes(lock(db, &trace_ids).await?)?;

    sqlx::query("create temp table if not exists incoming_span (like span including defaults) on commit delete rows")
        .execute(&mut *db)
        .await?;
    let homed = rows.iter().map(|row| (*row, homes[&row.trace_id].us));
    copy::into_table(db, "pg_temp.incoming_span", batch, ids, homed, now.timestamp_micros()).await?;
    let new = move_new(db).await?;
    if new.is_empty() {
        return Ok(0);
    }

    let rows: Vec<&Row> = rows.iter().copied().filter(|row| new.contains(&(row.trace_id, row.span_id))).collect();
    totals::add(db, &totals::by_trace(batch, &rows, ids)?, home, now).await?;
    totals::cells(&rows, ids).insert(db, writer).await?;
    Ok(rows.len() as u64)
}

/// Locks traces in the order every writer does, and tells where they live.
async fn lock(db: &mut PgConnection, trace_ids: &[Uuid]) -> Result<Vec<(Uuid, DateTime<Utc>)>, sqlx::Error> {
    sqlx::query_as("select trace_id, home from traces where trace_id = any($1) order by trace_id for no key update")
        .bind(trace_ids)
        .fetch_all(db)
        .await
}

/// Moves rows to their leaves unless they are there. No conflict target can be named: the unique indexes are the leaves'.
async fn move_new(db: &mut PgConnection) -> Result<HashSet<(Uuid, i64)>, sqlx::Error> {
    let statement = concat!(
        "insert into span (",
        columns!(),
        ") select ",
        columns!(),
        " from pg_temp.incoming_span on conflict do nothing returning trace_id, span_id"
    );
    Ok(sqlx::query_as(statement).fetch_all(db).await?.into_iter().collect())
}
