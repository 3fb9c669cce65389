//! That a trace costs more than one may, and the span that took it there.

use model::budget::crossing::Over;
use model::usd::json;
use model::{SpanId, TraceId, Usd, UsdSum};
use serde::Serialize;
use sqlx::PgPool;
use store::StoreError;
use store::traces::Reader;

#[derive(Serialize)]
pub struct OverLimit {
    #[serde(serialize_with = "json::amount")]
    limit_usd: Usd,
    #[serde(serialize_with = "json::total")]
    over_by_usd: UsdSum,
    /// The span with which the running total, in the order spans began, was first more than the limit.
    span_id: SpanId,
    /// The running total with it.
    #[serde(serialize_with = "json::total")]
    running_total_usd: UsdSum,
}

impl From<Over> for OverLimit {
    fn from(over: Over) -> Self {
        Self {
            limit_usd: over.limit,
            over_by_usd: over.by(),
            span_id: over.crossing.span_id,
            running_total_usd: over.crossing.sum,
        }
    }
}

/// Whether what this reader sees of a trace is over the limit, by the rule of the alarm.
pub async fn over(
    db: &PgPool,
    reader: Reader<'_>,
    kept: TraceId,
    limit: Option<Usd>,
) -> Result<Option<Over>, StoreError> {
    let Some(limit) = limit else { return Ok(None) };
    Ok(Over::of(store::budgets::traces::spent_in_for(db, reader, kept).await?, limit))
}
