//! What server functions and pages get from the server they run in; native only.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use model::health::{DemoStatus, Endpoints, IngestHealth};
use store::{Db, Pools, StoreError};

use crate::error::ApiError;

/// Everything a page may ask of the server, provided to leptos as a context by `server::ui`.
#[derive(Clone)]
pub struct Services {
    /// Database pools; pages use `readers`.
    pub pools: Pools,
    /// The clock.
    pub now: fn() -> DateTime<Utc>,
    /// Where the server listens.
    pub endpoints: Endpoints,
    /// How ingest is doing.
    pub ingest: Arc<dyn Fn() -> IngestHealth + Send + Sync>,
    /// Starts the demo data if it is not running, and tells how far it is.
    pub demo_start: Arc<dyn Fn() -> DemoStatus + Send + Sync>,
    /// How far the demo data is.
    pub demo_status: Arc<dyn Fn() -> DemoStatus + Send + Sync>,
}

/// The services of the server this runs in.
pub fn services() -> Result<Services, ApiError> {
    use_context().ok_or_else(|| {
        tracing::error!("a server function ran without Services in its context");
        ApiError::Internal
    })
}

/// The pool pages read from.
pub fn db() -> Result<Db, ApiError> {
    Ok(services()?.pools.readers)
}

/// The time, by the server's clock.
pub fn now() -> Result<DateTime<Utc>, ApiError> {
    Ok((services()?.now)())
}

/// Sets the HTTP status of the page or answer being made.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), axum::http::StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Logs what went wrong with its whole chain, once, and keeps only what the browser may know.
impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let chain = std::iter::successors(std::error::Error::source(&error), |cause| cause.source())
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(": ");
        tracing::error!(error = %error, chain, "a page could not read the database");
        if error.is_unavailable() { Self::Unavailable } else { Self::Internal }
    }
}
