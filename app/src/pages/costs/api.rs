//! What the costs page asks of the server. Answers are bounded: however many users there are, a page stays a page.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Balance, Dimension, Sums};
use model::time::TimeRange;
use model::trace::{TraceSummary, TraceTotals};
use serde::{Deserialize, Serialize};

use crate::components::budgets::{BudgetBar, Budgets};
use crate::error::ApiError;
use crate::url_state::RangeChoice;

/// Spend of a range by one dimension.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The range in whole buckets: figures, chart and table are all of this one.
    pub range: TimeRange,
    /// Width of a bucket in seconds.
    pub bucket_seconds: i64,
    /// Start of every bucket.
    pub buckets: Vec<DateTime<Utc>>,
    /// What it is grouped by.
    pub by: Dimension,
    /// Everything in the range.
    pub total: Sums,
    /// Spend of the equally long range before.
    pub before: UsdSum,
    /// Spend nobody owns.
    pub unattributed: UsdSum,
    /// The dearest groups with their series, dearest first, then everything else together.
    pub parts: Vec<Part>,
    /// Spend per bucket of the range before; empty when there was none.
    pub previous: Vec<UsdSum>,
    /// The breakdown, dearest first.
    pub lines: Vec<Line>,
    /// Groups that are not in `lines`, and what they cost together.
    pub left_out: (usize, UsdSum),
}

/// One part of the chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name, `None` for what has none.
    pub name: PartName,
    /// Spend per bucket.
    pub values: Vec<UsdSum>,
}

/// What a part of the chart stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartName {
    /// One group; `None` is the one without a key.
    Group(Option<String>),
    /// So many groups together.
    Others(usize),
}

/// One line of the breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The group; `None` is the one without a key.
    pub key: Option<String>,
    /// Its sums.
    pub sums: Sums,
    /// Its spend in the range before.
    pub before: UsdSum,
    /// The shape of its spend, for a sparkline.
    pub shape: Vec<f64>,
}

/// Spend of `range` by `by`, beside the range before.
pub async fn load_costs(range: RangeChoice, by: Dimension) -> Result<Costs, ApiError> {
    use crate::url_state::{align, bucket_seconds};
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let bucket = bucket_seconds(range.seconds());
    let range = align(range.resolve(now), bucket);
    let current = store::costs::breakdown(&db, range, by, None, bucket).await?;
    let before = store::costs::breakdown(&db, range.previous(), by, None, bucket).await?;
    let by_tenant = if by == Dimension::Tenant {
        None
    } else {
        Some(store::costs::breakdown(&db, range, Dimension::Tenant, None, range.seconds()).await?)
    };
    let tenants = by_tenant.as_ref().unwrap_or(&current);
    let unattributed = tenants.groups.iter().filter(|group| group.key.is_none()).map(|group| group.sums.cost).sum();
    Ok(super::summary::summarise(current, &before, unattributed, range, now))
}

/// The dearest traces of a range, and sums over all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dearest {
    /// Dearest first.
    pub traces: Vec<TraceSummary>,
    /// Over all traces of the range.
    pub totals: TraceTotals,
}

/// The dearest traces of `range`.
pub async fn load_dearest(range: RangeChoice) -> Result<Dearest, ApiError> {
    use model::trace::filter::{Order, TraceFilter};
    /// Lines of the panel.
    const TRACES_MAX: u32 = 6;
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let filter = TraceFilter { order: Order::Cost, limit: TRACES_MAX, ..TraceFilter::all(range.resolve(now)) };
    let page = store::traces::list(&db, &filter).await?;
    Ok(Dearest { traces: page.traces, totals: page.totals })
}

/// What each model cost in `range`, dearest first; the one without a name is everything that is no model call.
pub async fn load_models(range: RangeChoice) -> Result<Vec<(Option<String>, UsdSum)>, ApiError> {
    /// Lines of the panel.
    const MODELS_MAX: usize = 8;
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let range = crate::url_state::align(range.resolve(now), crate::url_state::bucket_seconds(range.seconds()));
    let models = store::costs::breakdown(&db, range, Dimension::Model, None, range.seconds()).await?;
    Ok(models.groups.into_iter().take(MODELS_MAX).map(|group| (group.key, group.sums.cost)).collect())
}

/// The `bars_max` most used budgets, from memory.
pub async fn load_budgets(bars_max: usize) -> Result<Budgets, ApiError> {
    let services = crate::context::services()?;
    let Some(reading) = (services.budgets)() else {
        return Ok(Budgets { as_of: None, bars: Vec::new(), left_out: 0 });
    };
    let mut lines: Vec<_> = reading.lines.iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.standing.used_millionths));
    let bars = lines.iter().take(bars_max).map(|line| BudgetBar {
        budget: (*line.budget).clone(),
        owner: line.owner.clone(),
        standing: line.standing.clone(),
    });
    Ok(Budgets { as_of: Some(reading.as_of), bars: bars.collect(), left_out: lines.len().saturating_sub(bars_max) })
}

/// Adds up the same money in every way there is.
pub async fn load_balance() -> Result<Balance, ApiError> {
    Ok(store::balance::check(&crate::context::db()?).await?)
}
