//! What machines ask to know whether the server lives, is ready, and how it is doing.

use app::context::Services;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;

use crate::causes;

/// `/healthz`: the process answers. `/readyz`: it can take spans: the database answers and has room for tomorrow.
pub fn routes(services: &Services) -> Router {
    Router::new().route("/healthz", get(healthy)).route("/readyz", get(ready).with_state(services.clone()))
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn ready(State(services): State<Services>) -> (StatusCode, &'static str) {
    match store::partitions::are_ahead(&services.pools.jobs, (services.now)()).await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the partition for tomorrow is missing\n"),
        Err(error) => {
            tracing::warn!(error = causes::of(&error.into()), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
