//! What the frame of every page shows.

use model::alert::Counts;
use model::health::IngestHealth;
use serde::{Deserialize, Serialize};

use crate::context;
use crate::error::ApiError;

/// Alerts and ingest, for badges.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Alerts by state.
    pub alerts: Counts,
    /// How ingest is doing.
    pub ingest: IngestHealth,
}

/// The state of the server.
pub async fn load_status() -> Result<Status, ApiError> {
    let services = context::services()?;
    let alerts = store::alerts::counts(&services.pools.readers.get(), (services.now)()).await?;
    Ok(Status { alerts, ingest: (services.ingest)() })
}
