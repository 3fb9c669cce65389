//! Every route there is.

use app::context::Services;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::api::{self, Api, Events};
use crate::assets::{self, Assets};
use crate::config::Protocol;
use crate::keys::{Gate, Need, gate};
use crate::receive::{Doors, close_unread, collector, jaeger, last_resort, native, otlp_grpc, otlp_http, zipkin};
use crate::security::host::{self, Hosts};
use crate::{measure, probes, security, sign_in, ui};

/// The dashboard's port: pages, their server functions and assets, the API, probes, and every door that is HTTP.
pub fn everything(services: &Services, doors: Doors, events: Events, hosts: Hosts) -> Router {
    let assets = Assets::load();
    let keys = doors.keys.clone();
    let api = api::router(Api::new(services, events), &keys).layer(from_fn(security::same_origin));
    let for_readers = |says| Gate::new(keys.clone(), Need::Read, says);
    Router::new()
        .merge(ui::routes(services.clone(), assets.version(), for_readers(sign_in::says_no)))
        .merge(api)
        .merge(sign_in::routes(keys.clone(), assets.version()))
        .layer(from_fn_with_state(hosts, host::check))
        .merge(probes::routes(services))
        .route(
            "/metrics",
            get(measure::show).route_layer(from_fn_with_state(for_readers(collector::says_no), gate::pass)),
        )
        .layer(CompressionLayer::new())
        // Compressed already.
        .route("/pkg/{*path}", get(assets::serve).with_state(assets))
        .merge(spans(doors))
        .layer(CatchPanicLayer::new())
        .layer(security::headers())
}

/// The doors that are answered on the dashboard's port as well.
fn spans(doors: Doors) -> Router {
    let all = native::routes(doors.clone()).merge(zipkin::routes(doors.clone())).merge(otlp_http::routes(doors));
    all.layer(map_response(close_unread)).layer(CatchPanicLayer::custom(last_resort))
}

/// The port of a door.
pub fn door(protocol: Protocol, doors: Doors) -> Router {
    let routes = match protocol {
        Protocol::OtlpHttp | Protocol::OtlpGrpc => otlp(doors),
        Protocol::Zipkin => zipkin::routes(doors).fallback(zipkin::elsewhere),
        Protocol::Jaeger => jaeger::routes(doors).fallback(jaeger::elsewhere),
    };
    routes.layer(map_response(close_unread)).layer(CatchPanicLayer::custom(last_resort))
}

/// The OTLP ports: HTTP and gRPC are told apart by what is asked, so that mistaking one port for the other does no harm.
fn otlp(doors: Doors) -> Router {
    otlp_http::routes(doors.clone()).merge(otlp_grpc::routes(doors)).fallback(otlp_grpc::unknown)
}
