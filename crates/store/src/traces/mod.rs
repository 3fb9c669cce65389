//! Reads of traces: lists, heads, look-ups.

mod drivers;
mod evidence;
mod filter;
mod list;
mod of_owner;
mod reader;
mod row;

use model::TraceId;
use model::trace::{Revision, TraceHead, TraceSummary};
use sqlx::{PgExecutor, PgPool, QueryBuilder};
use uuid::Uuid;

use crate::StoreError;
pub use drivers::drivers;
pub use evidence::{Suspect, evidence};
pub use list::{lines, list, list_for};
pub use of_owner::{by_tenant, dearest_of_tenant, spend};
pub use reader::Reader;
use row::{HeadRow, SummaryRow};
pub(crate) use row::{KeptBar, KeptShare, duration_ns, trace_id};

/// One trace without its spans, by the id it is kept under.
pub async fn head(db: &PgPool, kept: TraceId) -> Result<Option<TraceHead>, StoreError> {
    head_for(db, Reader::Everything, kept).await
}

/// The same, as far as `reader` may see it.
pub async fn head_for(db: &PgPool, reader: Reader<'_>, kept: TraceId) -> Result<Option<TraceHead>, StoreError> {
    let kept = Uuid::from_bytes(kept.to_bytes());
    let mut sql = QueryBuilder::new(concat!(
        "select ",
        row::summary_columns!(),
        ", t.last_seen, t.declared_cost_pico, t.max_depth, t.orphan_count, "
    ));
    sql.push(if reader.only().is_some() { "t.withheld" } else { "0::int8" }).push(" as withheld from ");
    reader.push_traces(&mut sql, |sql| {
        sql.push("w.trace_id = ").push_bind(kept);
    });
    sql.push(concat!(" ", row::summary_joins!(), " where t.trace_id = ")).push_bind(kept);
    let row: Option<HeadRow> = sql.build_query_as().fetch_optional(db).await?;
    row.map(TraceHead::try_from).transpose()
}

/// Which state a trace is in and how many spans it has, by the id it is kept under.
pub async fn state(db: &PgPool, kept: TraceId) -> Result<Option<(Revision, i64)>, StoreError> {
    let statement = "select version, finalised, span_count from traces where trace_id = $1";
    let row: Option<(i32, i32, i64)> =
        sqlx::query_as(statement).bind(Uuid::from_bytes(kept.to_bytes())).fetch_optional(db).await?;
    Ok(row.map(|(version, finalised, spans)| (Revision { version, finalised }, spans)))
}

/// The dearest of these traces, by the ids they are kept under, at most `limit`, dearest first; those that are no longer kept are left out.
pub async fn dearest_of(db: impl PgExecutor<'_>, ids: &[TraceId], limit: i64) -> Result<Vec<TraceSummary>, StoreError> {
    let statement = concat!(
        "select ",
        row::summary_columns!(),
        " from traces t ",
        row::summary_joins!(),
        " where t.trace_id = any($1) order by t.cost_pico desc, t.start_time desc limit $2"
    );
    let ids: Vec<Uuid> = ids.iter().map(|id| Uuid::from_bytes(id.to_bytes())).collect();
    let rows: Vec<SummaryRow> = sqlx::query_as(statement).bind(ids).bind(limit).fetch_all(db).await?;
    rows.into_iter().map(TraceSummary::try_from).collect()
}

/// Whether there is any trace at all: the overview shows first steps until there is.
pub async fn any(db: &PgPool) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(r#"select exists (select from traces) as "any!""#).fetch_one(db).await?)
}

#[cfg(test)]
mod tests;
