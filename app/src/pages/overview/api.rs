//! What the overview asks of the server: one function per panel, so that one that fails leaves the others.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::UsdSum;
use model::alert::Alert;
use model::cost::Sums;
use model::dependency::Node;
use model::health::{DemoStatus, Endpoints};
use model::trace::{TenantLine, TraceSummary};
use serde::{Deserialize, Serialize};

use super::usual::Usual;
use crate::components::budgets::Budgets;
use crate::error::ApiError;

/// Lines of a panel's table: what fits beside its neighbours without scrolling.
const LINES: i64 = 5;

/// What decides between the first run and the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// There is at least one trace.
    pub any: bool,
    /// Where spans can be sent.
    pub endpoints: Endpoints,
    /// Whether senders need a key.
    pub asks_for_keys: bool,
    /// How far the demo data is.
    pub demo: DemoStatus,
}

/// Whether there is anything to show, and how to get something.
pub async fn load_start() -> Result<Start, ApiError> {
    let services = crate::context::services()?;
    let any = store::traces::any(&services.pools.readers.get()).await?;
    let asks_for_keys = services.keys.status().is_some();
    Ok(Start { any, endpoints: services.endpoints, asks_for_keys, demo: (services.demo_status)() })
}

/// Starts the demo data.
#[server]
pub async fn start_demo() -> Result<DemoStatus, ApiError> {
    crate::context::may_change()?;
    Ok((crate::context::services()?.demo_start)())
}

/// The budgets nearest to their limits.
pub async fn load_budgets() -> Result<Budgets, ApiError> {
    /// Bars side by side; the costs page has more.
    const BARS_MAX: usize = 4;
    crate::pages::costs::api::load_budgets(BARS_MAX).await
}

/// Spend since midnight.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// Spend per hour since midnight; the last hour is in progress.
    pub hours: Vec<UsdSum>,
    /// What days were like before, when there were enough of them.
    pub usual: Option<Usual>,
    /// Everything of the last 24 hours.
    pub last_day: Sums,
}

/// Spend since midnight, beside what is usual.
pub async fn load_today() -> Result<Today, ApiError> {
    use model::cost::Dimension;
    use model::time::TimeRange;

    use super::usual::{self, HISTORY_DAYS};
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let midnight = usual::midnight(now);
    let range =
        crate::url_state::align(TimeRange { from: midnight - chrono::TimeDelta::days(HISTORY_DAYS), to: now }, 3_600);
    let all = store::costs::breakdown(&db, range, Dimension::Total, None, 3_600).await?;
    let last_day = store::costs::sums(&db, TimeRange::last_seconds(86_400, now)).await?;
    // The total has one group, or none when nothing was spent.
    let series = all.groups.into_iter().next().map(|group| group.series).unwrap_or_default();
    let hourly: Vec<(DateTime<Utc>, UsdSum)> = all.buckets.into_iter().zip(series).collect();
    let (before, today): (Vec<_>, Vec<_>) = hourly.into_iter().partition(|(hour, _)| *hour < midnight);
    let hours = today.into_iter().map(|(_, spent)| spent).collect();
    Ok(Today { now, hours, usual: usual::usual(&before, now), last_day })
}

/// The alerts that fire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Firing {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The newest ones.
    pub alerts: Vec<Alert>,
}

/// The newest firing alerts.
pub async fn load_firing() -> Result<Firing, ApiError> {
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let alerts = store::alerts::list(&db, Some(model::alert::State::Firing), LINES - 1).await?;
    Ok(Firing { now, alerts })
}

/// The tenants that spent most in the last 24 hours.
pub async fn load_tenants() -> Result<Vec<TenantLine>, ApiError> {
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    Ok(store::tenants::top(&db, model::time::TimeRange::last_seconds(86_400, now), LINES).await?)
}

/// What the remarkable traces are ranked by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rank {
    /// Dearest first.
    #[default]
    Cost,
    /// Slowest first.
    Duration,
    /// The newest that failed.
    Errors,
}

/// The most remarkable traces of the last 24 hours.
pub async fn load_leaders(rank: Rank) -> Result<Vec<TraceSummary>, ApiError> {
    use model::time::TimeRange;
    use model::trace::filter::{Order, TraceFilter};
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let mut filter = TraceFilter::all(TimeRange::last_seconds(86_400, now));
    filter.limit = LINES.unsigned_abs() as u32;
    match rank {
        Rank::Cost => filter.order = Order::Cost,
        Rank::Duration => filter.order = Order::Duration,
        Rank::Errors => filter.has_errors = Some(true),
    }
    Ok(store::traces::list(&db, &filter).await?.traces)
}

/// Services of the last hour, dearest first.
pub async fn load_services() -> Result<Vec<Node>, ApiError> {
    /// Lines of the widest panel.
    const SERVICES_MAX: usize = 8;
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let map = store::dependencies::map(&db, model::time::TimeRange::last_seconds(3_600, now), None).await?;
    Ok(map.nodes.into_iter().take(SERVICES_MAX).collect())
}
