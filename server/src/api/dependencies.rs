//! `GET /api/v1/dependencies`: who calls whom, how often, how slowly, at what cost.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use model::UsdSum;
use model::dependency;
use model::usd::json;
use serde::Serialize;

use super::parameters::Parameters;
use super::problem::Problem;
use super::{Api, tenant};
use crate::keys::Caller;

const HOUR_SECONDS: i64 = 3_600;

#[derive(Serialize)]
pub struct Answer {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

#[derive(Serialize)]
struct Node {
    name: String,
    kind: &'static str,
    #[serde(serialize_with = "json::total")]
    cost_usd: UsdSum,
    p50_ms: Option<f64>,
    p95_ms: Option<f64>,
    /// Failed calls as a share of all, 0 to 1; `None` without calls.
    error_rate: Option<f64>,
    calls: i64,
    errors: i64,
}

#[derive(Serialize)]
struct Edge {
    parent: String,
    child: String,
    transport: &'static str,
    calls: i64,
    errors: i64,
    p95_ms: Option<f64>,
    #[serde(serialize_with = "json::total")]
    cost_usd: UsdSum,
}

impl From<dependency::Node> for Node {
    fn from(node: dependency::Node) -> Self {
        Self {
            name: node.name,
            kind: node.kind.as_str(),
            cost_usd: node.cost,
            p50_ms: node.p50_ms,
            p95_ms: node.p95_ms,
            error_rate: (node.calls > 0).then(|| node.errors as f64 / node.calls as f64),
            calls: node.calls,
            errors: node.errors,
        }
    }
}

impl From<dependency::Edge> for Edge {
    fn from(edge: dependency::Edge) -> Self {
        Self {
            parent: edge.parent,
            child: edge.child,
            transport: edge.transport.as_str(),
            calls: edge.calls,
            errors: edge.errors,
            p95_ms: edge.p95_ms,
            cost_usd: edge.cost,
        }
    }
}

/// The map over `from`..`to`, by default of the last hour.
pub async fn show(State(api): State<Api>, caller: Caller, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["from", "to", "tenant"])?;
    let range = parameters.range(HOUR_SECONDS, (api.now)())?;
    let tenant = tenant::answered(&caller, parameters.get("tenant"))?;
    let db = &api.pools.readers.get();
    let map = match caller.own_space() {
        Some(own) => store::dependencies::map_of_own(db, range, &own.tenant).await?,
        None => store::dependencies::map(db, range, tenant).await?,
    };
    Ok(Json(Answer {
        from: range.from,
        to: range.to,
        nodes: map.nodes.into_iter().map(Node::from).collect(),
        edges: map.edges.into_iter().map(Edge::from).collect(),
    }))
}
