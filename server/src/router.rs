//! Every route there is.

use app::context::Services;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::get;
use http::StatusCode;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::api::{self, Api, Events};
use crate::assets::{self, Assets};
use crate::receive::{Doors, close_unread, native, otlp_http};
use crate::security::host::{self, Hosts};
use crate::{measure, probes, security, ui};

/// The dashboard's port: pages, their server functions and assets, the API, probes, and every door that is HTTP.
pub fn everything(services: &Services, doors: Doors, events: Events, hosts: Hosts) -> Router {
    let assets = Assets::load();
    let api = api::router(Api::new(services, events)).layer(from_fn(security::same_origin));
    Router::new()
        .merge(ui::routes(services.clone(), assets.version()))
        .merge(api)
        .layer(from_fn_with_state(hosts, host::check))
        .merge(probes::routes(services))
        .route("/metrics", get(measure::show))
        .layer(CompressionLayer::new())
        // Compressed already.
        .route("/pkg/{*path}", get(assets::serve).with_state(assets))
        .merge(native::routes(doors.clone()).merge(otlp_http::routes(doors)).layer(map_response(close_unread)))
        .layer(CatchPanicLayer::new())
        .layer(security::headers())
}

/// The OTLP/HTTP port.
pub fn otlp_port(services: &Services, doors: Doors) -> Router {
    let elsewhere =
        format!("this port takes OTLP over HTTP: POST /v1/traces; the dashboard is at {}\n", services.endpoints.http);
    otlp_http::routes(doors)
        .fallback((StatusCode::NOT_FOUND, elsewhere))
        .layer(map_response(close_unread))
        .layer(CatchPanicLayer::new())
}
