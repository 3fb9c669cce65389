//! What spans of a trace say under any name, for whoever looks through them.

use model::trace::find::matching::Said;
use model::{SpanId, TraceId};
use sqlx::{FromRow, PgPool};
use uuid::Uuid;

use crate::{StoreError, payload};

/// Names are looked up row by row: there are few rows, and dictionaries are large.
#[derive(FromRow)]
struct Row {
    span_id: i64,
    tenant: Option<String>,
    owner: Option<String>,
    capability: Option<String>,
    model: Option<String>,
    payload: Vec<u8>,
}

/// Tells what these spans of a trace say, one after the other in any order, and answers with the bytes that were read for it.
/// Payloads may be large: ask for a few hundred at a time.
pub async fn said_by(
    db: &PgPool,
    kept: TraceId,
    span_ids: &[SpanId],
    mut tell: impl FnMut(SpanId, &Said<'_>),
) -> Result<usize, StoreError> {
    let statement = "select s.span_id, s.payload, \
         (select nullif(name, '') from dim_tenant where id = s.tenant_id) as tenant, \
         (select name from dim_user where id = s.user_id) as owner, \
         (select name from dim_capability where id = s.capability_id) as capability, \
         (select name from dim_model where id = s.model_id) as model \
         from span s where s.trace_id = $1 and s.home = (select home from traces where trace_id = $1) \
         and s.span_id = any($2)";
    let ids: Vec<i64> = span_ids.iter().map(|span_id| span_id.to_i64()).collect();
    let rows: Vec<Row> =
        sqlx::query_as(statement).bind(Uuid::from_bytes(kept.to_bytes())).bind(ids).fetch_all(db).await?;
    let frames = rows.iter().map(|row| row.payload.as_slice());
    let mut unpacker = payload::unpacker(&mut *db.acquire().await?, frames).await?;
    let mut bytes = 0;
    for row in rows {
        let wrong =
            |_| StoreError::Inconsistent { table: "span", column: "span_id", id: format!("{:016x}", row.span_id) };
        let span_id = SpanId::from_i64(row.span_id).map_err(wrong)?;
        bytes += row.payload.len();
        let mut sayings = payload::sayings(&row.payload, &mut unpacker)?;
        let named = [("tenant", row.tenant), ("user", row.owner), ("capability", row.capability), ("model", row.model)];
        sayings.fields.extend(named.into_iter().filter_map(|(name, text)| Some((name, text?))));
        tell(span_id, &Said { attributes: &sayings.attributes, resource: &sayings.resource, fields: &sayings.fields });
    }
    Ok(bytes)
}
