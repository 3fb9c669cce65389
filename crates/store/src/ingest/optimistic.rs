//! The quick way in: as if every span were new. A span that is not makes the unique index of its leaf fail the COPY.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::{Attempt, Failure, copy, links, totals};
use crate::ingest::batch::Row;

/// Writes the rows, all of them.
pub(super) async fn write(attempt: &Attempt<'_>, db: &mut PgConnection) -> Result<(), Failure> {
    let Attempt { batch, rows, ids, leaves, writer, now, .. } = *attempt;
    let traces = totals::by_trace(batch, rows, ids)?;
    let home = |total: &totals::TraceTotals| leaves.home_of_new(totals::time(total.start_us), now);
    let homes = attempt.check_homes(totals::add(db, &traces, home, now).await?)?;
    // Nearly always one leaf: today's.
    let mut by_leaf: BTreeMap<&str, Vec<(&Row, i64)>> = BTreeMap::new();
    for row in rows {
        let home = homes[&row.trace_id];
        by_leaf.entry(home.leaf).or_default().push((row, home.us));
    }
    for (leaf, rows) in by_leaf {
        copy::into_table(db, leaf, batch, ids, rows.into_iter(), now.timestamp_micros()).await?;
    }
    links::insert(db, rows, &homes).await?;
    totals::entries(rows, ids).insert(db, writer).await?;
    totals::mark_due(db, &traces, now).await?;
    Ok(())
}
