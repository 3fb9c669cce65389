//! What the settings page asks of the server.

use model::health::Endpoints;

use crate::error::ApiError;

/// Where the server listens.
pub async fn load_endpoints() -> Result<Endpoints, ApiError> {
    Ok(crate::context::services()?.endpoints)
}
