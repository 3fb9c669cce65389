//! Who named an owner that a span inherits.

use model::owner::{NamedAbove, Provenance, Provenances};
use model::{SpanId, TraceId};
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// Spans above one that are looked at. Traces are a few dozen levels deep, and nobody follows a circle of parents.
const LEVELS_MAX: i32 = 1_000;

/// For each owner that a span inherits, the nearest span above it that names one itself.
pub async fn named_above(db: &PgPool, trace_id: TraceId, span_id: SpanId) -> Result<NamedAbove, StoreError> {
    let above: Vec<(String, i16)> = sqlx::query_as(
        "with recursive up as ( \
         select s.trace_id, s.home, s.parent_span_id, s.operation_id, s.owner_from, 0 as level from span s \
          where s.trace_id = $1 and s.home = (select home from traces where trace_id = $1) and s.span_id = $2 \
         union all \
         select s.trace_id, s.home, s.parent_span_id, s.operation_id, s.owner_from, up.level + 1 from up \
           join span s on s.trace_id = up.trace_id and s.home = up.home and s.span_id = up.parent_span_id \
          where up.level < $3) \
         select o.name, up.owner_from from up join dim_operation o on o.id = up.operation_id where up.level > 0 order by up.level",
    )
        .bind(Uuid::from_bytes(trace_id.to_bytes()))
        .bind(span_id.to_i64())
        .bind(LEVELS_MAX)
        .fetch_all(db)
        .await?;
    let nearest = |of: fn(Provenances) -> Provenance| {
        let names = |from: i16| {
            let known = of(Provenances::from_code(from));
            known != Provenance::NOBODY && !known.inherited
        };
        above.iter().find(|(_, from)| names(*from)).map(|(name, _)| name.clone())
    };
    Ok(NamedAbove {
        tenant: nearest(|known| known.tenant),
        user: nearest(|known| known.user),
        capability: nearest(|known| known.capability),
    })
}
