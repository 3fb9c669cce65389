//! Reads of traces: lists, heads, look-ups.

mod filter;
mod list;
mod of_owner;
mod row;

use model::TraceId;
use model::trace::{TraceHead, TraceSummary};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;
pub use list::{lines, list};
pub use of_owner::{by_tenant, dearest, spend};
use row::{HeadRow, SummaryRow};
pub(crate) use row::{KeptBar, KeptShare, duration_ns, trace_id};

/// One trace without its spans.
pub async fn head(db: &PgPool, trace_id: TraceId) -> Result<Option<TraceHead>, StoreError> {
    let statement = concat!(
        "select ",
        row::summary_columns!(),
        ", t.last_seen, t.declared_cost_pico, t.max_depth, t.orphan_count from traces t ",
        row::summary_joins!(),
        " where t.trace_id = $1"
    );
    let row: Option<HeadRow> =
        sqlx::query_as(statement).bind(Uuid::from_bytes(trace_id.to_bytes())).fetch_optional(db).await?;
    row.map(TraceHead::try_from).transpose()
}

/// The dearest of these traces, at most `limit`, dearest first; those that are no longer kept are left out.
pub async fn dearest_of(db: &PgPool, ids: &[TraceId], limit: i64) -> Result<Vec<TraceSummary>, StoreError> {
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

/// The newest trace whose id starts with these hex digits.
pub async fn by_prefix(db: &PgPool, prefix: &str) -> Result<Option<TraceId>, StoreError> {
    if prefix.is_empty() || prefix.len() > 32 || !prefix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(None);
    }
    // 32 hex digits are a uuid.
    let bound =
        |fill: &str| Uuid::try_parse(&format!("{prefix}{}", fill.repeat(32 - prefix.len()))).unwrap_or_default();
    let found = sqlx::query_scalar!(
        "select trace_id from traces where trace_id between $1 and $2 order by start_time desc limit 1",
        bound("0"),
        bound("f"),
    )
    .fetch_optional(db)
    .await?;
    found.map(row::trace_id).transpose()
}

/// Whether there is any trace at all: the overview shows first steps until there is.
pub async fn any(db: &PgPool) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar!(r#"select exists (select from traces) as "any!""#).fetch_one(db).await?)
}

#[cfg(test)]
mod tests;
