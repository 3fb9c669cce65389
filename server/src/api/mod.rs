//! The public API under `/api/v1`: what programs may ask and tell.
//!
//! One endpoint per file, read top-down: the types it answers with, then the handler. Errors are [`problem::Problem`]
//! (RFC 9457), money is a plain decimal, times are RFC 3339, and a parameter nobody knows is refused instead of ignored.
//! To add an endpoint: a file here, a line in [`endpoints`].

use std::sync::Arc;

use app::context::Services;
use axum::Router;
use axum::routing::{MethodRouter, any, get, post};
use chrono::{DateTime, Utc};
use model::health::IngestHealth;
use store::Pools;

mod alerts;
mod balance;
mod costs;
mod dependencies;
mod events;
mod json;
mod parameters;
mod problem;
mod trace;
mod traces;

pub use events::Events;
pub use problem::Problem;

/// What the endpoints share.
#[derive(Clone)]
pub struct Api {
    pools: Pools,
    now: fn() -> DateTime<Utc>,
    ingest: Arc<dyn Fn() -> IngestHealth + Send + Sync>,
    events: Events,
}

impl Api {
    /// The API over what the pages use too; `events` stays with the caller, who closes it when the server stops.
    pub fn new(services: &Services, events: Events) -> Self {
        Self { pools: services.pools.clone(), now: services.now, ingest: services.ingest.clone(), events }
    }
}

/// Every endpoint of this folder. `POST /api/v1/traces` is a door and lives in `receive`.
fn endpoints() -> Vec<(&'static str, MethodRouter<Api>)> {
    vec![
        ("/api/v1/traces", get(traces::list)),
        ("/api/v1/traces/{trace_id}", get(trace::show)),
        ("/api/v1/costs", get(costs::show)),
        ("/api/v1/balance", get(balance::show)),
        ("/api/v1/dependencies", get(dependencies::show)),
        ("/api/v1/alerts", get(alerts::list::list)),
        ("/api/v1/alerts/{id}", get(alerts::show::show)),
        ("/api/v1/alerts/{id}/acknowledge", post(alerts::acknowledge::acknowledge)),
        ("/api/v1/alerts/{id}/snooze", post(alerts::snooze::snooze)),
        ("/api/v1/alerts/{id}/resolve", post(alerts::resolve::resolve)),
        ("/api/v1/events", get(events::stream)),
    ]
}

/// The routes, ready to be merged into the server's.
pub fn router(api: Api) -> Router {
    endpoints()
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| router.route(path, methods))
        .route("/api/v1/{*rest}", any(problem::no_such_endpoint))
        .with_state(api)
}
