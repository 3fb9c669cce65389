//! What server functions and pages get from the server they run in; native only.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::health::{DemoStatus, Endpoints, IngestHealth};
use store::Pools;

/// Everything a page may ask of the server, provided to leptos as a context by `server::ui`.
#[derive(Clone)]
pub struct Services {
    /// Database pools; pages use `readers`.
    pub pools: Pools,
    /// The clock.
    pub now: fn() -> DateTime<Utc>,
    /// Where the server listens.
    pub endpoints: Endpoints,
    /// How ingest is doing.
    pub ingest: Arc<dyn Fn() -> IngestHealth + Send + Sync>,
    /// Starts the demo data if it is not running, and tells how far it is.
    pub demo_start: Arc<dyn Fn() -> DemoStatus + Send + Sync>,
    /// How far the demo data is.
    pub demo_status: Arc<dyn Fn() -> DemoStatus + Send + Sync>,
}
