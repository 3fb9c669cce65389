//! What the map asks of the server.

use model::dependency::DependencyMap;
use model::time::TimeRange;
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::url_state::RangeChoice;

/// The map over a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MapView {
    /// Nodes and calls.
    pub map: DependencyMap,
    /// The range asked for, as moments.
    pub range: TimeRange,
    /// Every tenant there is, to choose from.
    pub tenants: Vec<String>,
}

impl MapView {
    /// Minutes of the range, for rates.
    pub fn minutes(&self) -> f64 {
        self.range.seconds().max(1) as f64 / 60.0
    }
}

/// Who called whom over a range, for one tenant or for all.
pub async fn load_map(range: RangeChoice, tenant: Option<String>) -> Result<MapView, ApiError> {
    use crate::context;

    let db = context::db()?;
    let range = range.resolve(context::now()?);
    let map = store::dependencies::map(&db, range, tenant.as_deref()).await?;
    let tenants = store::tenants::names(&db).await?;
    Ok(MapView { map, range, tenants })
}
