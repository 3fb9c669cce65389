//! Whether anything has changed that a rule could find.

use sqlx::{AssertSqlSafe, FromRow, PgPool};

use crate::StoreError;

/// A mark of all that was written to traces: while it stays the same, so do they.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Arrivals {
    /// Transactions that added spans, those under way included.
    written: i64,
    /// Those whose traces have not been finalised, and the latest of them.
    due: i64,
    latest_due: Option<i64>,
    /// Transactions that added to the totals, corrections included.
    booked: i64,
}

/// The mark as it is now, from counters and the finaliser's list. A transaction that is counted while it is under way and is
/// finalised before the next look leaves no other mark: whoever goes by this has to look by themselves once in a while.
pub async fn arrivals(db: &PgPool) -> Result<Arrivals, StoreError> {
    // A counter that was never used has no value.
    let counter = "coalesce(pg_sequence_last_value(pg_get_serial_sequence('TABLE', 'id')::regclass), 0)";
    let (written, booked) = (counter.replace("TABLE", "trace_due"), counter.replace("TABLE", "rollup_outbox"));
    let read = format!(
        "select {written} as written, count(*) as due, max(id) as latest_due, {booked} as booked from trace_due"
    );
    // Made of the words above and nothing else.
    Ok(sqlx::query_as(AssertSqlSafe(read)).fetch_one(db).await?)
}
