//! The dependency map: who calls whom, how often, how slowly, at what cost.

use serde::{Deserialize, Serialize};

use crate::span::code_enum;
use crate::usd::UsdSum;

code_enum! {
    /// What a node of the map is.
    NodeKind {
        /// A service that sends spans, or an uninstrumented one it calls.
        Service = 0, "service";
        /// A caller that sends no spans itself.
        Client = 1, "client";
        /// A database.
        Database = 2, "database";
        /// A queue or topic.
        Queue = 3, "queue";
        /// A model provider.
        Provider = 4, "provider";
    }
}

code_enum! {
    /// How a call travels along an edge.
    Transport {
        /// A direct call: HTTP, RPC or in-process.
        Call = 0, "call";
        /// Through a queue.
        Message = 1, "message";
        /// To a database.
        Database = 2, "database";
        /// To a model provider.
        Model = 3, "model";
    }
}

/// The map over a range of time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DependencyMap {
    /// Nodes, dearest first.
    pub nodes: Vec<Node>,
    /// Edges, busiest first.
    pub edges: Vec<Edge>,
}

/// A service, or something services call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Node {
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// Own cost.
    pub cost: UsdSum,
    /// Median duration in milliseconds; `None` when not measured.
    pub p50_ms: Option<f64>,
    /// 95th percentile of durations in milliseconds; `None` when not measured.
    pub p95_ms: Option<f64>,
    /// Spans; for a node without spans of its own the calls it received, for a client those it made.
    pub calls: i64,
    /// Failed ones among them.
    pub errors: i64,
}

/// Calls from one node to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// The caller.
    pub parent: String,
    /// The called.
    pub child: String,
    /// How it travels.
    pub transport: Transport,
    /// Calls.
    pub calls: i64,
    /// Failed calls.
    pub errors: i64,
    /// 95th percentile of the callee's durations in milliseconds.
    pub p95_ms: Option<f64>,
    /// Cost of the called spans themselves.
    pub cost: UsdSum,
}
