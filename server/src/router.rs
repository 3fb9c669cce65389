//! Every route there is.

use app::context::Services;
use axum::Router;
use axum::routing::get;

use crate::api::{Api, Events};
use crate::{api, assets, probes, security, ui};

/// The dashboard's port: pages, their server functions and assets, the API, probes, and OTLP too.
pub fn everything(services: &Services, events: Events) -> Router {
    let assets = assets::Assets::load();
    let pages = ui::routes(services.clone(), assets.version());
    Router::new()
        .merge(pages)
        .merge(probes::routes(services))
        .merge(api::router(Api::new(services, events)))
        .route("/pkg/{*path}", get(assets::serve).with_state(assets))
        .merge(otlp())
        .layer(security::headers())
}

/// The OTLP/HTTP port.
pub fn otlp() -> Router {
    Router::new()
}
