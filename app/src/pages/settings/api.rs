//! What the settings page asks of the server.

use leptos::prelude::*;
use model::health::Endpoints;

use crate::error::ApiError;

/// Where the server listens.
#[server]
pub async fn load_endpoints() -> Result<Endpoints, ApiError> {
    Ok(crate::context::services()?.endpoints)
}
