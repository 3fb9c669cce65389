//! What the settings page asks of the server.

use chrono::{DateTime, Utc};
use model::health::Endpoints;
use model::price::BookStatus;

use crate::error::ApiError;

/// Where the server listens.
pub async fn load_endpoints() -> Result<Endpoints, ApiError> {
    Ok(crate::context::services()?.endpoints)
}

/// The prices in use, and the server's clock.
pub async fn load_prices() -> Result<(BookStatus, DateTime<Utc>), ApiError> {
    let services = crate::context::services()?;
    Ok(((services.prices)(), (services.now)()))
}
