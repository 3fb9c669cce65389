//! The finaliser's list: a line per transaction that added spans, with the traces they went to.
//!
//! A trace is due by its last line. On an earlier one it is passed over, since what made it younger has written a later one.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::StoreError;

/// Most spans read at once, one trace more or less: a skeleton is about 300 bytes.
const SPANS_MAX: i64 = 100_000;

/// How far the clocks of servers on one database may be apart. What was seen later than that was seen by a clock that has been
/// set back since, and is not waited for: it might be a month.
const CLOCKS_APART_MAX: TimeDelta = TimeDelta::minutes(5);

/// A trace that is due.
#[derive(Debug, Clone, FromRow)]
pub(super) struct DueTrace {
    pub(super) trace_id: Uuid,
    pub(super) home: DateTime<Utc>,
    pub(super) version: i32,
    span_count: i64,
}

/// The oldest lines written before `before`, `limit` traces on them or one line more, and those of their traces that are due.
/// Lines are left out when their traces have too many spans for one reading.
pub(super) async fn due(
    db: &PgPool,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<(Vec<i64>, Vec<DueTrace>), StoreError> {
    let ahead = now + CLOCKS_APART_MAX;
    let lines: Vec<(i64, Vec<Uuid>)> = sqlx::query_as(
        "with old as (select id, trace_ids from trace_due where written_at < $1 or written_at > $3 order by id limit $2), \
         counted as (select *, sum(cardinality(trace_ids)) over (order by id) - cardinality(trace_ids) as before from old) \
         select id, trace_ids from counted where before < $2 order by id",
    )
    .bind(before)
    .bind(limit)
    .bind(ahead)
    .fetch_all(db)
    .await?;
    let trace_ids: Vec<Uuid> = lines.iter().flat_map(|(_, trace_ids)| trace_ids.iter().copied()).collect();
    let due: Vec<DueTrace> = sqlx::query_as(
        "select trace_id, home, version, span_count from traces \
          where trace_id = any($1) and finalised is distinct from version and (last_seen < $2 or last_seen > $3)",
    )
    .bind(trace_ids)
    .bind(before)
    .bind(ahead)
    .fetch_all(db)
    .await?;
    Ok(bounded(lines, due.into_iter().map(|trace| (trace.trace_id, trace)).collect()))
}

/// As many of the traces as may be read at once, in the order of the lines, and the lines that have none left.
fn bounded(lines: Vec<(i64, Vec<Uuid>)>, mut due: HashMap<Uuid, DueTrace>) -> (Vec<i64>, Vec<DueTrace>) {
    let (mut whole, mut taken, mut spans) = (Vec::with_capacity(lines.len()), Vec::new(), 0);
    for (line, trace_ids) in lines {
        for trace in trace_ids.iter().filter_map(|trace_id| due.remove(trace_id)) {
            if spans > 0 && spans + trace.span_count > SPANS_MAX {
                return (whole, taken);
            }
            spans += trace.span_count;
            taken.push(trace);
        }
        whole.push(line);
    }
    (whole, taken)
}

/// Strikes lines out whose traces are finalised.
pub async fn forget(db: &PgPool, lines: &[i64]) -> Result<(), StoreError> {
    sqlx::query("delete from trace_due where id = any($1)").bind(lines).execute(db).await?;
    Ok(())
}

/// Puts traces on the list that were last seen in this range of time and are not finalised although nobody wrote them down:
/// what a server of an earlier release has stored. One that is on the list already is then on it twice, which does no harm.
/// Answers how many.
pub async fn sweep(db: &PgPool, since: DateTime<Utc>, before: DateTime<Utc>) -> Result<u64, StoreError> {
    let swept: Option<i64> = sqlx::query_scalar(
        "with missed as (select trace_id from traces \
                          where last_seen >= $1 and last_seen < $2 and finalised is distinct from version \
                          limit 100000), \
              swept as (insert into trace_due (written_at, trace_ids) \
                        select $2, array_agg(trace_id) from missed having count(*) > 0 returning trace_ids) \
         select cardinality(trace_ids)::int8 from swept",
    )
    .bind(since)
    .bind(before)
    .fetch_optional(db)
    .await?;
    Ok(swept.unwrap_or_default().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_trace(number: u128, span_count: i64) -> (Uuid, DueTrace) {
        let trace_id = Uuid::from_u128(number);
        (trace_id, DueTrace { trace_id, home: DateTime::default(), version: 1, span_count })
    }

    #[test]
    fn a_line_stays_until_all_its_traces_were_read() {
        let ids = |numbers: &[u128]| numbers.iter().map(|number| Uuid::from_u128(*number)).collect::<Vec<_>>();
        let lines = vec![(7, ids(&[1, 2])), (8, ids(&[2, 9])), (9, ids(&[3, 4]))];
        let due = HashMap::from([a_trace(1, 10), a_trace(2, 20), a_trace(3, 60_000), a_trace(4, 60_000)]);
        let (whole, taken) = bounded(lines, due);
        assert_eq!(whole, [7, 8], "the ninth trace is not due");
        assert_eq!(taken.iter().map(|trace| trace.trace_id.as_u128()).collect::<Vec<_>>(), [1, 2, 3]);
        let (whole, taken) = bounded(vec![(1, ids(&[5]))], HashMap::from([a_trace(5, 1_000_000)]));
        assert_eq!((whole.len(), taken.len()), (1, 1), "the largest trace is read alone");
    }
}
