//! Asks for newer prices now and then, where there is an address for them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::Progress;
use crate::rules::fetched::FetchedPrices;

/// Asks, if it is time to.
pub async fn run(db: PgPool, prices: Option<Arc<FetchedPrices>>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    if let Some(prices) = prices {
        prices.refresh(&db, now).await?;
    }
    Ok(Progress::Idle)
}
