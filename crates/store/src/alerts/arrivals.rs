//! Whether anything has changed that a rule could find.

use sqlx::{FromRow, PgPool};

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
    let read = "select (select last_value from trace_due_id_seq) as written, count(*) as due, max(id) as latest_due, \
                       (select last_value from rollup_outbox_id_seq) as booked from trace_due";
    Ok(sqlx::query_as(read).fetch_one(db).await?)
}
