//! `GET /api/v1/openapi.json`: the description of this API (OpenAPI 3.1), kept by hand beside it.

use axum::http::header;
use axum::response::IntoResponse;

/// The document as it is sent.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// The document.
pub async fn show() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT)
}
