//! Asks for newer prices now and then; there is such a job where there is an address for them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::Progress;
use crate::rules::fetched::FetchedPrices;

/// Asks, if it is time to.
pub async fn run(db: PgPool, prices: Arc<FetchedPrices>, now: DateTime<Utc>) -> anyhow::Result<Progress> {
    prices.refresh(&db, now).await?;
    Ok(Progress::Idle)
}
