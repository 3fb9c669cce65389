//! Links of spans, kept so that they are found from the span they refer to.

use std::collections::HashMap;

use model::Span;
use sqlx::PgConnection;
use uuid::Uuid;

use super::batch::Row;
use super::{Home, totals};

/// Links of one span that are found from the other side. SDKs keep 128; a consumer of a large batch may say more.
const LINKS_MAX: usize = 10_000;

/// The traces and spans a span refers to.
pub(super) fn of(span: &mut Span) -> Box<[(Uuid, i64)]> {
    let links = &span.detail.links;
    if links.len() > LINKS_MAX {
        let over = links.len() - LINKS_MAX;
        span.detail.warnings.push(format!("{over} of its links are not told of where they lead"));
    }
    let links = span.detail.links.iter().take(LINKS_MAX);
    links.map(|link| (Uuid::from_bytes(link.trace_id.to_bytes()), link.span_id.to_i64())).collect()
}

/// Writes the links of these rows.
pub(super) async fn insert(
    db: &mut PgConnection,
    rows: &[&Row],
    homes: &HashMap<Uuid, Home<'_>>,
) -> Result<(), sqlx::Error> {
    if rows.iter().all(|row| row.links.is_empty()) {
        return Ok(());
    }
    let links = || rows.iter().flat_map(|row| row.links.iter().map(move |link| (row, link)));
    sqlx::query(
        "insert into span_link (to_trace_id, to_span_id, trace_id, span_id, home) \
         select * from unnest($1::uuid[], $2::int8[], $3::uuid[], $4::int8[], $5::timestamptz[]) on conflict do nothing",
    )
    .bind(links().map(|(_, (trace_id, _))| *trace_id).collect::<Vec<_>>())
    .bind(links().map(|(_, (_, span_id))| *span_id).collect::<Vec<_>>())
    .bind(links().map(|(row, _)| row.trace_id).collect::<Vec<_>>())
    .bind(links().map(|(row, _)| row.span_id).collect::<Vec<_>>())
    .bind(links().map(|(row, _)| totals::time(homes[&row.trace_id].us)).collect::<Vec<_>>())
    .execute(db)
    .await?;
    Ok(())
}
