//! What machines ask to know whether the server lives, is ready, and how it is doing.

use std::time::Duration;

use app::context::Services;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;

use crate::causes;

/// Longest `/readyz` asks the database: those who ask give up after a second or ten.
const LOOK_MAX: Duration = Duration::from_secs(5);

/// `/healthz`: the process answers. `/readyz`: it can take spans: the database answers has room for tomorrow and on its disk.
pub fn routes(services: &Services) -> Router {
    Router::new().route("/healthz", get(healthy)).route("/readyz", get(ready).with_state(services.clone()))
}

async fn healthy() -> &'static str {
    "ok\n"
}

async fn ready(State(services): State<Services>) -> (StatusCode, &'static str) {
    if let Some(alarm) = (services.ingest)().disk_alarm {
        return (StatusCode::SERVICE_UNAVAILABLE, alarm.words());
    }
    let looking = store::partitions::are_ahead(&services.pools.jobs, (services.now)());
    match tokio::time::timeout(LOOK_MAX, looking).await {
        Ok(Ok(true)) => (StatusCode::OK, "ready\n"),
        Ok(Ok(false)) => (StatusCode::SERVICE_UNAVAILABLE, "the partition for tomorrow is missing\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
        Ok(Err(error)) => {
            tracing::warn!(error = causes::of(&error.into()), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
