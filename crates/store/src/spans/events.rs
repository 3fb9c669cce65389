//! When something happened during spans, for the marks on their bars.

use model::time::UnixNanos;
use model::{SpanId, TraceId};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{StoreError, payload};

/// The events of these spans of a trace, by name and time; spans without any are left out. Rows are scrolled past many times a second:
/// nothing else of them is read.
pub async fn events(
    db: &PgPool,
    kept: TraceId,
    span_ids: &[SpanId],
) -> Result<Vec<(SpanId, Vec<(UnixNanos, String)>)>, StoreError> {
    let statement = concat!("select s.span_id, s.payload from span s ", of_trace!(), "and s.span_id = any($2)");
    let ids: Vec<i64> = span_ids.iter().map(|span_id| span_id.to_i64()).collect();
    let rows: Vec<(i64, Vec<u8>)> =
        sqlx::query_as(statement).bind(Uuid::from_bytes(kept.to_bytes())).bind(ids).fetch_all(db).await?;
    let frames = rows.iter().map(|(_, frame)| frame.as_slice());
    let mut unpacker = payload::unpacker(&mut *db.acquire().await?, frames).await?;
    let mut all = Vec::new();
    for (id, frame) in &rows {
        let wrong = |column| StoreError::Inconsistent { table: "span", column, id: format!("{id:016x}") };
        let events = payload::events(frame, &mut unpacker).map_err(|_| wrong("payload"))?;
        if !events.is_empty() {
            all.push((SpanId::from_i64(*id).map_err(|_| wrong("span_id"))?, events));
        }
    }
    Ok(all)
}
