//! Reads of the dependency map.
//!
//! Services come from the cost totals and latency sketches, calls from `edge_rollup`. What services call without its
//! sending spans itself is known from its incoming edges only; its cost is what its callers spent on it, which their own
//! cost includes.

mod edges;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Dimension, Group};
use model::dependency::{DependencyMap, Node, NodeKind};
use model::time::TimeRange;
use sqlx::{FromRow, PgPool};

use crate::sketch::Sketch;
use crate::{StoreError, costs, grains};
use edges::Between;

/// The map over `range`, of one tenant or of all.
pub async fn map(db: &PgPool, range: TimeRange, tenant: Option<&str>) -> Result<DependencyMap, StoreError> {
    let Some(tenant_id) = costs::tenant_id(db, tenant).await? else { return Ok(DependencyMap::default()) };
    let (services, latencies, between) = tokio::try_join!(
        costs::breakdown(db, range, Dimension::Service, tenant, i64::from(grains::GRAINS[0])),
        latencies(db, range, tenant_id),
        edges::between(db, range, tenant_id),
    )?;
    let mut nodes: Vec<Node> =
        services.groups.into_iter().filter_map(|group| service_node(group, &latencies)).collect();
    nodes.extend(inferred_nodes(&nodes, &between));
    nodes.sort_by(|left, right| right.cost.cmp(&left.cost).then_with(|| left.name.cmp(&right.name)));
    let mut edges: Vec<_> = between.into_iter().map(Between::into_edge).collect();
    edges.sort_by(|left, right| {
        right.calls.cmp(&left.calls).then_with(|| (&left.parent, &left.child).cmp(&(&right.parent, &right.child)))
    });
    Ok(DependencyMap { nodes, edges })
}

/// The map over `range` of what one tenant's own spans are of. Its traces may have spans of other tenants, whose services it
/// does not get to see.
pub async fn map_of_own(db: &PgPool, range: TimeRange, tenant: &str) -> Result<DependencyMap, StoreError> {
    let (mut map, own) = tokio::try_join!(
        map(db, range, Some(tenant)),
        costs::breakdown(db, range, Dimension::Service, Some(tenant), i64::from(grains::GRAINS[0])),
    )?;
    let own: HashSet<String> = own.groups.into_iter().filter_map(|group| group.key).collect();
    let (seen, others): (Vec<Node>, Vec<Node>) =
        map.nodes.into_iter().partition(|node| node.kind != NodeKind::Service || own.contains(&node.name));
    let others: HashSet<String> = others.into_iter().map(|node| node.name).collect();
    map.nodes = seen;
    map.edges.retain(|edge| !others.contains(&edge.parent) && !others.contains(&edge.child));
    Ok(map)
}

fn service_node(group: Group, latencies: &HashMap<String, Sketch>) -> Option<Node> {
    let name = group.key?;
    let sketch = latencies.get(&name);
    Some(Node {
        kind: NodeKind::Service,
        cost: group.sums.cost,
        p50_ms: sketch.and_then(|sketch| sketch.quantile_ms(0.5)),
        p95_ms: sketch.and_then(|sketch| sketch.quantile_ms(0.95)),
        calls: group.sums.spans,
        errors: group.sums.errors,
        name,
    })
}

/// Ends of edges that are no service with spans of its own.
fn inferred_nodes(services: &[Node], between: &[Between]) -> Vec<Node> {
    let mut inferred: HashMap<&str, (Node, Sketch)> = HashMap::new();
    let is_service = |name: &str| services.iter().any(|node| node.name == name);
    for edge in between {
        for (name, kind) in [(&edge.parent, edge.parent_kind), (&edge.child, edge.child_kind)] {
            if !is_service(name) {
                inferred.entry(name).or_insert_with(|| (silent_node(name, kind), Sketch::default()));
            }
        }
        // Nobody calls a client: what it does is call.
        if edge.parent_kind == NodeKind::Client
            && let Some((client, _)) = inferred.get_mut(edge.parent.as_str())
        {
            client.calls += edge.calls;
        }
        if let Some((node, sketch)) = inferred.get_mut(edge.child.as_str()) {
            node.calls += edge.calls;
            node.errors += edge.errors;
            node.cost += edge.cost;
            sketch.merge(&edge.sketch, 1);
        }
    }
    let measured = |(node, sketch): (Node, Sketch)| Node {
        p50_ms: sketch.quantile_ms(0.5),
        p95_ms: sketch.quantile_ms(0.95),
        ..node
    };
    inferred.into_values().map(measured).collect()
}

fn silent_node(name: &str, kind: NodeKind) -> Node {
    Node { name: name.to_owned(), kind, cost: UsdSum::ZERO, p50_ms: None, p95_ms: None, calls: 0, errors: 0 }
}

#[derive(FromRow)]
struct LatencyRow {
    service: String,
    bucket: DateTime<Utc>,
    sketch: Vec<u8>,
}

/// Durations by service; those of the last seconds may still wait in the outbox, which a quantile does not show.
async fn latencies(db: &PgPool, range: TimeRange, tenant_id: i32) -> Result<HashMap<String, Sketch>, StoreError> {
    let (grains, since, till) = grains::columns(&grains::cover(range, grains::GRAINS[0].into()));
    let rows: Vec<LatencyRow> = sqlx::query_as(
        "select d.name as service, l.bucket, l.sketch \
           from unnest($1::int4[], $2::timestamptz[], $3::timestamptz[]) as stretch(grain, since, till) \
          cross join lateral (select * from latency_sketch l where l.tenant_id = $4 and l.grain = stretch.grain \
                and l.bucket >= stretch.since and l.bucket < stretch.till offset 0) l \
           join dim_service d on d.id = l.service_id",
    )
    .bind(grains)
    .bind(since)
    .bind(till)
    .bind(tenant_id)
    .fetch_all(db)
    .await?;
    let mut latencies: HashMap<String, Sketch> = HashMap::new();
    for row in rows {
        let sketch = Sketch::decode(&row.sketch).map_err(|_| StoreError::Inconsistent {
            table: "latency_sketch",
            column: "sketch",
            id: row.bucket.to_string(),
        })?;
        latencies.entry(row.service).or_default().merge(&sketch, 1);
    }
    Ok(latencies)
}

#[cfg(test)]
mod tests;
