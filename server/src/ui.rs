//! The dashboard: leptos' pages and server functions on axum.

use std::time::Duration;

use app::context::Services;
use axum::Router;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::LeptosRoutes;
use tower_http::timeout::TimeoutLayer;

use crate::keys::{Gate, gate};
use crate::security;

/// Longest a page or a server function may take: its queries are cut off before.
const PAGE_MAX: Duration = Duration::from_secs(30);

/// Pages, their server functions, and the page for everything that is not there, for those whom `gate` lets in.
pub fn routes(services: Services, asset_version: &'static str, gate: Gate) -> Router {
    let context = move || {
        provide_context(services.clone());
        security::content_policy();
    };
    let shell = move || app::document::shell(asset_version);
    let options = LeptosOptions::builder().output_name("frontend").build();
    let pages = leptos_axum::generate_route_list(app::routes::App);
    let not_found = {
        let (context, shell) = (context.clone(), shell);
        move |request: Request| missing(context, shell, request)
    };
    Router::new()
        .leptos_routes_with_context(&options, pages, context, shell)
        .fallback(not_found)
        .with_state(options)
        .layer(from_fn_with_state(gate, gate::pass))
        .layer(axum::middleware::from_fn(security::same_origin))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PAGE_MAX))
}

/// The application renders its own "not found"; the status is ours to set.
async fn missing<V: leptos::IntoView + 'static>(
    context: impl Fn() + Clone + Send + Sync + 'static,
    shell: impl Fn() -> V + Clone + Send + Sync + 'static,
    request: Request,
) -> Response {
    let mut response = leptos_axum::render_app_async_with_context(context, shell)(request).await.into_response();
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
