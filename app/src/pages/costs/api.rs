//! What the costs page asks of the server. Answers are bounded: however many users there are, a page stays a page.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Compared, Dimension, Grouping, Sums, TraceSpend};
use model::time::TimeRange;
use model::trace::{TraceSummary, TraceTotals};
use serde::{Deserialize, Serialize};

use super::alarms::{self, Alarms};
use super::sort::Sort;
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
    /// What the chart is grouped by.
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
    /// The breakdown.
    pub table: Table,
    /// Alerts about money that fired in the range.
    pub alarms: Alarms,
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

/// The breakdown: by what the chart shows, or by something more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// What it is grouped by.
    pub by: Grouping,
    /// Its lines, in the order asked for.
    pub lines: Vec<Line>,
    /// Groups that are not in `lines`, and what they cost together.
    pub left_out: (i64, Compared),
    /// Everything.
    pub total: Compared,
    /// What the books have of spans that are no longer kept.
    pub unread: Compared,
    /// All traces, where a trace is one group's.
    pub traces: Option<TraceSpend>,
    /// Why there are no lines: such a breakdown cannot be read over this range.
    pub refused: Option<String>,
}

/// One line of the breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The group: a name per facet; `None` has none.
    pub keys: Vec<Option<String>>,
    /// Its sums, now and in the range before.
    pub sums: Compared,
    /// The shape of its spend, for a sparkline.
    pub shape: Vec<f64>,
    /// Its traces, where a trace is one group's.
    pub traces: Option<TraceSpend>,
}

impl Line {
    /// What one of its traces cost.
    pub fn per_trace(&self) -> Option<UsdSum> {
        per_trace(self.traces?)
    }
}

/// What one of some traces cost: traces without any known cost count, so this is what the next one can be expected to.
pub fn per_trace(spend: TraceSpend) -> Option<UsdSum> {
    (spend.traces > 0).then(|| UsdSum::from_pico(spend.cost.pico() / i128::from(spend.traces)))
}

/// Spend of `range` by `by`, beside the range before, and its breakdown by `grouping`.
pub async fn load_costs(range: RangeChoice, by: Dimension, grouping: Grouping, sort: Sort) -> Result<Costs, ApiError> {
    use store::costs::Question;

    use super::summary;
    use crate::url_state::{align, bucket_seconds};
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let bucket_seconds = bucket_seconds(range.seconds());
    let range = align(range.resolve(now), bucket_seconds);
    let ask = |by| {
        let groups_max = Some(summary::LINES_MAX);
        Question { range, by, only: None, bucket_seconds, compare: true, groups_max }
    };
    let one = Grouping::by(by);
    let current = store::costs::split(&db, &ask(&one)).await?;
    let nobody = model::cost::Owner { dimension: Dimension::Tenant, key: None };
    let unattributed = store::costs::sums_of(&db, range, Some(&nobody)).await?.now.cost;
    let mut table = if grouping == one {
        summary::table(&current)
    } else {
        // An attribute is read of so many spans at most; the total knows how many there are.
        let spans = current.total.now.spans.max(current.total.before.spans);
        match grouping.refusal(None, range.seconds(), spans) {
            Some(reason) => summary::refused(&current, grouping, reason),
            None => summary::table(&store::costs::split(&db, &ask(&grouping)).await?),
        }
    };
    if table.by == Grouping::by(Dimension::Tenant) {
        let traces = store::traces::by_tenant(&db, range).await?;
        for line in &mut table.lines {
            let key = line.keys.first().cloned().flatten();
            line.traces = Some(traces.get(&key).copied().unwrap_or_default());
        }
        let mut all = TraceSpend::default();
        traces.values().for_each(|spend| all.add(spend));
        table.traces = Some(all);
    }
    sort.apply(&mut table.lines);
    let alarms = alarms::load(&db, range, None, now).await?;
    Ok(Costs { alarms, ..summary::summarise(current, table, unattributed, range, now) })
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
    // The same range as every other figure of the page.
    let range = crate::url_state::align(range.resolve(now), crate::url_state::bucket_seconds(range.seconds()));
    let filter = TraceFilter { order: Order::Cost, limit: TRACES_MAX, ..TraceFilter::all(range) };
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
    let Some(reading) = services.budgets.reading() else {
        return Ok(Budgets { as_of: None, bars: Vec::new(), left_out: 0 });
    };
    let mut lines: Vec<_> = reading.lines.iter().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.standing.used_millionths));
    let bars = lines.iter().take(bars_max).map(|line| BudgetBar::from(*line));
    Ok(Budgets { as_of: Some(reading.as_of), bars: bars.collect(), left_out: lines.len().saturating_sub(bars_max) })
}
