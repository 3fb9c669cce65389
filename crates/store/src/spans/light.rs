//! The spans of one trace as far as its rows need them: a few numbers each, with names told once.
//!
//! Rows are taken as they come, so that a million of them are never held as such, and ids are given their names here, since
//! joining the dictionaries takes the database eight times as long as reading the rows.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use model::span::{Category, SpanKind, Status};
use model::time::UnixNanos;
use model::trace::waterfall::columns::{Columns, LightSpan};
use model::{SpanId, TraceId, Usd};
use rustc_hash::FxHashMap;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use crate::StoreError;
use crate::traces::Reader;

/// The ids of names in the order they were met, and the place of each in it.
#[derive(Default)]
pub(super) struct Met {
    ids: Vec<i32>,
    places: FxHashMap<i32, u32>,
}

/// The spans of a trace in any order, the first `limit` the database comes to.
pub async fn light(db: &PgPool, kept: TraceId, limit: i64) -> Result<Columns, StoreError> {
    light_for(db, Reader::Everything, kept, limit).await
}

/// The same, as far as `reader` may see them.
pub async fn light_for(db: &PgPool, reader: Reader<'_>, kept: TraceId, limit: i64) -> Result<Columns, StoreError> {
    let statement = "select span_id, parent_span_id, operation_id, service_id, kind, category, status, start_time, start_sub_us, \
         duration_ns, cost_pico, received_at from span \
         where trace_id = $1 and home = (select home from traces where trace_id = $1) \
         and ($3::int4 is null or tenant_id = $3) limit $2";
    let rows = sqlx::query(statement).bind(Uuid::from_bytes(kept.to_bytes())).bind(limit).bind(reader.only());
    let mut rows = rows.fetch(db);
    let (mut columns, mut operations, mut services) = (Columns::default(), Met::default(), Met::default());
    while let Some(row) = rows.try_next().await? {
        columns.push(span(&row, &mut operations, &mut services)?);
    }
    drop(rows);
    let operations = names(db, "select id, name from dim_operation where id = any($1)", operations).await?;
    let services = names(db, "select id, name from dim_service where id = any($1)", services).await?;
    columns.name(operations, services);
    Ok(columns)
}

/// Columns are read by their places: finding each by its name takes longer than decoding it.
fn span(row: &PgRow, operations: &mut Met, services: &mut Met) -> Result<LightSpan, StoreError> {
    let id: i64 = row.try_get(0)?;
    let wrong = |column| StoreError::Inconsistent { table: "span", column, id: format!("{id:016x}") };
    let parent = row.try_get::<Option<i64>, _>(1)?.map(SpanId::from_i64).transpose();
    let start: DateTime<Utc> = row.try_get(7)?;
    let sub_us: i16 = row.try_get(8)?;
    Ok(LightSpan {
        span_id: SpanId::from_i64(id).map_err(|_| wrong("span_id"))?,
        parent_span_id: parent.map_err(|_| wrong("parent_span_id"))?,
        operation: operations.place(row.try_get(2)?),
        service: services.place(row.try_get(3)?),
        kind: SpanKind::from_code(row.try_get(4)?).ok_or_else(|| wrong("kind"))?,
        category: Category::from_code(row.try_get(5)?).ok_or_else(|| wrong("category"))?,
        status: Status::from_code(row.try_get(6)?).ok_or_else(|| wrong("status"))?,
        start: UnixNanos(start.timestamp_micros().saturating_mul(1000).saturating_add(sub_us.into())),
        duration_ns: row.try_get(9)?,
        cost: row.try_get::<Option<i64>, _>(10)?.map(Usd::from_pico),
        received: UnixNanos::from_datetime(row.try_get(11)?),
    })
}

impl Met {
    pub(super) fn place(&mut self, id: i32) -> u32 {
        *self.places.entry(id).or_insert_with(|| {
            self.ids.push(id);
            // There are no more names than spans.
            self.ids.len() as u32 - 1
        })
    }
}

/// The names of ids, in their order.
pub(super) async fn names(db: &PgPool, statement: &'static str, met: Met) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(i32, String)> = sqlx::query_as(statement).bind(&met.ids).fetch_all(db).await?;
    let mut names = vec![String::new(); met.ids.len()];
    for (id, name) in rows {
        if let Some(place) = met.places.get(&id) {
            names[*place as usize] = name;
        }
    }
    Ok(names)
}
