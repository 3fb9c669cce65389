//! Edges of the map, summed over a range.

use std::collections::HashMap;

use model::UsdSum;
use model::dependency::{Edge, NodeKind, Transport};
use model::time::TimeRange;
use sqlx::{FromRow, PgPool};

use crate::numeric::pico;
use crate::sketch::Sketch;
use crate::{StoreError, grains};

/// All calls from one node to another by one transport.
pub(super) struct Between {
    pub(super) parent: String,
    pub(super) parent_kind: NodeKind,
    pub(super) child: String,
    pub(super) child_kind: NodeKind,
    transport: Transport,
    pub(super) calls: i64,
    pub(super) errors: i64,
    pub(super) cost: UsdSum,
    pub(super) sketch: Sketch,
}

#[derive(FromRow)]
struct Row {
    parent: String,
    parent_kind: i16,
    child: String,
    child_kind: i16,
    transport: i16,
    n: i64,
    err: i64,
    cost_pico: String,
    sketches: Vec<Vec<u8>>,
}

/// Edges over `range`, widened to buckets of ten minutes; tenant 0 is all.
pub(super) async fn between(db: &PgPool, range: TimeRange, tenant_id: i32) -> Result<Vec<Between>, StoreError> {
    let (grains, since, till) = grains::columns(&grains::cover_edges(range));
    let rows: Vec<Row> = sqlx::query_as(
        "select parent.name as parent, e.parent_kind, child.name as child, e.child_kind, e.transport, \
                sum(e.n)::int8 as n, sum(e.err)::int8 as err, sum(e.cost_pico)::text as cost_pico, \
                array_agg(e.sketch) filter (where e.sketch is not null) as sketches \
           from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[]) as stretch(grain, since, till) \
          cross join lateral (select * from edge_rollup e where e.tenant_id = $4 and e.grain = stretch.grain \
                and e.bucket >= stretch.since and e.bucket < stretch.till offset 0) e \
           join dim_service parent on parent.id = e.parent_service_id \
           join dim_service child on child.id = e.child_service_id \
          group by parent.name, e.parent_kind, child.name, e.child_kind, e.transport \
         having sum(e.n) > 0",
    )
    .bind(grains)
    .bind(since)
    .bind(till)
    .bind(tenant_id)
    .fetch_all(db)
    .await?;
    // A name may be known as two kinds; the map shows one edge per pair and transport.
    let mut merged: HashMap<(String, String, Transport), Between> = HashMap::new();
    for row in rows {
        let between = Between::try_from(row)?;
        let key = (between.parent.clone(), between.child.clone(), between.transport);
        match merged.get_mut(&key) {
            Some(known) => known.add(&between),
            None => drop(merged.insert(key, between)),
        }
    }
    Ok(merged.into_values().collect())
}

impl Between {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.cost += other.cost;
        self.sketch.merge(&other.sketch, 1);
    }

    pub(super) fn into_edge(self) -> Edge {
        Edge {
            p95_ms: self.sketch.quantile_ms(0.95),
            parent: self.parent,
            child: self.child,
            transport: self.transport,
            calls: self.calls,
            errors: self.errors,
            cost: self.cost,
        }
    }
}

impl TryFrom<Row> for Between {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = format!("{} to {}", row.parent, row.child);
        let wrong = |column| StoreError::Inconsistent { table: "edge_rollup", column, id: id.clone() };
        let mut sketch = Sketch::default();
        for bytes in &row.sketches {
            sketch.merge(&Sketch::decode(bytes).map_err(|_| wrong("sketch"))?, 1);
        }
        Ok(Self {
            parent_kind: NodeKind::from_code(row.parent_kind).ok_or_else(|| wrong("parent_kind"))?,
            child_kind: NodeKind::from_code(row.child_kind).ok_or_else(|| wrong("child_kind"))?,
            transport: Transport::from_code(row.transport).ok_or_else(|| wrong("transport"))?,
            parent: row.parent,
            child: row.child,
            calls: row.n,
            errors: row.err,
            cost: UsdSum::from_pico(pico(&row.cost_pico, "edge_rollup")?),
            sketch,
        })
    }
}
