//! Reads of the dependency map.

use model::dependency::DependencyMap;
use model::time::TimeRange;
use sqlx::PgPool;

use crate::StoreError;

/// The map over `range`, of one tenant or of all.
pub async fn map(_db: &PgPool, _range: TimeRange, _tenant: Option<&str>) -> Result<DependencyMap, StoreError> {
    unimplemented!()
}
