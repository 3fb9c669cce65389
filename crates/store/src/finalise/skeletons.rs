//! The spans of many traces at once, as far as finalising them needs: read by their ids alone and given their names here,
//! since joining the dictionaries takes the database eight times as long as reading the rows.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::cost::CostSource;
use model::span::{Category, SpanKind, Status};
use model::time::UnixNanos;
use model::trace::Skeleton;
use model::{SpanId, Usd};
use rustc_hash::FxHashMap;
use sqlx::PgPool;
use uuid::Uuid;

use crate::StoreError;

/// Trace, span and its parent; operation, service, peer and tenant; kind, status, category and source of the cost; start and
/// what lies below its microsecond, duration, cost.
type Row =
    (Uuid, i64, Option<i64>, i32, i32, Option<i32>, i32, i16, i16, i16, i16, DateTime<Utc>, i16, i64, Option<i64>);

/// Names by their ids, of the dictionaries a skeleton refers to.
#[derive(Default)]
struct Names {
    operations: FxHashMap<i32, String>,
    services: FxHashMap<i32, String>,
    tenants: FxHashMap<i32, String>,
}

/// The spans of these traces, which live at these homes. What finalising has no use for is left out: user, capability, model
/// and tokens.
pub(super) async fn of_traces(
    db: &PgPool,
    homes: Vec<(Uuid, DateTime<Utc>)>,
) -> Result<HashMap<Uuid, Vec<Skeleton>>, StoreError> {
    let (trace_ids, homes): (Vec<Uuid>, Vec<DateTime<Utc>>) = homes.into_iter().unzip();
    // `offset 0` makes the planner look each trace up in its leaf, where it would else read the leaf from end to end.
    let rows: Vec<Row> = sqlx::query_as(
        "select s.* from unnest($1::uuid[], $2::timestamptz[]) as t(trace_id, home) cross join lateral ( \
             select trace_id, span_id, parent_span_id, operation_id, service_id, peer_id, tenant_id, kind, status, category, \
                    cost_source, start_time, start_sub_us, duration_ns, cost_pico \
               from span where trace_id = t.trace_id and home = t.home offset 0) s",
    )
    .bind(trace_ids)
    .bind(homes)
    .fetch_all(db)
    .await?;
    let names = Names::of(db, &rows).await?;
    let mut spans: HashMap<Uuid, Vec<Skeleton>> = HashMap::new();
    for row in rows {
        spans.entry(row.0).or_default().push(names.skeleton(row)?);
    }
    Ok(spans)
}

impl Names {
    async fn of(db: &PgPool, rows: &[Row]) -> Result<Self, StoreError> {
        let distinct = |ids: &mut dyn Iterator<Item = i32>| {
            let mut ids: Vec<i32> = ids.collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let operations = distinct(&mut rows.iter().map(|row| row.3));
        let services = distinct(&mut rows.iter().map(|row| row.4).chain(rows.iter().filter_map(|row| row.5)));
        let tenants = distinct(&mut rows.iter().map(|row| row.6));
        Ok(Self {
            operations: named(db, "select id, name from dim_operation where id = any($1)", operations).await?,
            services: named(db, "select id, name from dim_service where id = any($1)", services).await?,
            tenants: named(db, "select id, name from dim_tenant where id = any($1)", tenants).await?,
        })
    }

    fn skeleton(&self, row: Row) -> Result<Skeleton, StoreError> {
        let (
            _,
            span_id,
            parent,
            operation,
            service,
            peer,
            tenant,
            kind,
            status,
            category,
            source,
            start,
            sub_us,
            ..,
            cost,
        ) = row;
        let wrong = |column| StoreError::Inconsistent { table: "span", column, id: format!("{span_id:016x}") };
        let name = |names: &FxHashMap<i32, String>, id, column| names.get(&id).cloned().ok_or_else(|| wrong(column));
        let parent = parent.map(SpanId::from_i64).transpose().map_err(|_| wrong("parent_span_id"))?;
        let start_ns = start.timestamp_micros().saturating_mul(1000).saturating_add(sub_us.into());
        Ok(Skeleton {
            span_id: SpanId::from_i64(span_id).map_err(|_| wrong("span_id"))?,
            parent_span_id: parent,
            kind: SpanKind::from_code(kind).ok_or_else(|| wrong("kind"))?,
            status: Status::from_code(status).ok_or_else(|| wrong("status"))?,
            category: Category::from_code(category).ok_or_else(|| wrong("category"))?,
            cost_source: CostSource::from_code(source).ok_or_else(|| wrong("cost_source"))?,
            start: UnixNanos(start_ns),
            duration_ns: row.13,
            cost: cost.map(Usd::from_pico),
            name: name(&self.operations, operation, "operation_id")?,
            service: name(&self.services, service, "service_id")?,
            // The row that stands for nobody has an empty name.
            tenant: Some(name(&self.tenants, tenant, "tenant_id")?).filter(|name| !name.is_empty()),
            user: None,
            capability: None,
            model: None,
            peer: peer.map(|peer| name(&self.services, peer, "peer_id")).transpose()?,
            tokens_in: None,
            tokens_out: None,
        })
    }
}

async fn named(db: &PgPool, statement: &'static str, ids: Vec<i32>) -> Result<FxHashMap<i32, String>, StoreError> {
    let rows: Vec<(i32, String)> = sqlx::query_as(statement).bind(ids).fetch_all(db).await?;
    Ok(rows.into_iter().collect())
}
