//! What the page of one that spends asks of the server. Totals come from rollups, whatever the range; what only spans know
//! is read of the last day of the range, and says so.

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::grouping::spans_range;
use model::cost::{Compared, Dimension, Grouping, Owner, TraceSpend};
use model::time::TimeRange;
use model::trace::TraceSummary;
use serde::{Deserialize, Serialize};

use crate::components::budgets::{BudgetBar, Budgets};
use crate::error::ApiError;
use crate::pages::costs::alarms::{self, Alarms};
use crate::pages::costs::api::Table;
use crate::pages::costs::summary;
use crate::pages::costs::view_state::DIMENSIONS;
use crate::url_state::RangeChoice;

/// Spend of one owner over a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owned {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The range in whole buckets, the same as on the costs page.
    pub range: TimeRange,
    /// Width of a bucket in seconds.
    pub bucket_seconds: i64,
    /// Start of every bucket.
    pub buckets: Vec<DateTime<Utc>>,
    /// What the owner spent.
    pub sums: Compared,
    /// What everybody spent.
    pub of_all: UsdSum,
    /// Its spend per bucket.
    pub series: Vec<UsdSum>,
    /// Its spend per bucket of the range before; empty when there was none.
    pub before: Vec<UsdSum>,
    /// Alerts about its money that fired in the range.
    pub alarms: Alarms,
}

/// Part of a range that something was read of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// What was read.
    pub range: TimeRange,
    /// It is all of what was asked for.
    pub is_all: bool,
}

impl Covered {
    /// Words for a part of what was asked for; none when it is all of it.
    pub fn words(self) -> Option<String> {
        // Spans are read of whole hours.
        (!self.is_all).then(|| format!("last {} h", self.range.seconds() / 3_600))
    }
}

/// Traces of one owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Traces {
    /// What they are of.
    pub covered: Covered,
    /// How many, and what they cost.
    pub spend: TraceSpend,
    /// The same of the equally long range before.
    pub before: TraceSpend,
    /// The dearest ones.
    pub dearest: Vec<TraceSummary>,
}

/// What one owner spent on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Across {
    /// What it is of.
    pub covered: Covered,
    /// Its spend by a dimension.
    pub table: Table,
}

/// What one owner spent on, and in which traces.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spending {
    /// Its traces.
    pub traces: Traces,
    /// Its spend by everything else that spends.
    pub across: Vec<(Dimension, Across)>,
}

impl Spending {
    /// Its spend by one dimension.
    pub fn by(&self, dimension: Dimension) -> Option<&Across> {
        self.across.iter().find(|(by, _)| *by == dimension).map(|(_, across)| across)
    }
}

/// The range in whole buckets, and their width: as on the costs page, so that figures are equal.
fn whole(range: RangeChoice, now: DateTime<Utc>) -> (TimeRange, i64) {
    let bucket_seconds = crate::url_state::bucket_seconds(range.seconds());
    (crate::url_state::align(range.resolve(now), bucket_seconds), bucket_seconds)
}

/// Spend of `owner`, beside the range before.
pub async fn load_owned(owner: Owner, range: RangeChoice) -> Result<Owned, ApiError> {
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let (range, bucket_seconds) = whole(range, now);
    let by = Grouping::by(Dimension::Total);
    let question =
        store::costs::Question { range, by: &by, only: Some(&owner), bucket_seconds, compare: true, groups_max: None };
    let split = store::costs::split(&db, &question).await?;
    let of_all = store::costs::sums(&db, range).await?.cost;
    let alarms = alarms::load(&db, range, Some(&owner), now).await?;
    let spent_before = split.total.before.cost > UsdSum::ZERO;
    let nothing = || vec![UsdSum::ZERO; split.buckets.len()];
    Ok(Owned {
        now,
        range,
        bucket_seconds: split.bucket_seconds,
        sums: split.total,
        of_all,
        series: split.groups.into_iter().next().map_or_else(nothing, |group| group.series),
        before: if spent_before { split.before } else { Vec::new() },
        buckets: split.buckets,
        alarms,
    })
}

/// What `owner` spent on, and in which traces: from rollups as far as they know it, else from the spans of the last day of
/// the range, which are read once for all of it.
pub async fn load_spending(owner: Owner, range: RangeChoice) -> Result<Spending, ApiError> {
    let (db, now) = (crate::context::db()?, crate::context::now()?);
    let (asked, bucket_seconds) = whole(range, now);
    let others = DIMENSIONS.into_iter().map(|(dimension, ..)| dimension).filter(|by| *by != owner.dimension);
    let (rolled, of_spans): (Vec<_>, Vec<_>) = others.partition(|by| Grouping::by(*by).is_in_rollups(Some(&owner)));
    let mut across = Vec::new();
    for by in rolled {
        across.push((by, from_rollups(&db, &owner, by, asked, bucket_seconds).await?));
    }
    let range = if owner.dimension == Dimension::Tenant { asked } else { spans_range(asked) };
    let covered = Covered { range, is_all: range == asked };
    let (spend, dearest) = if owner.dimension == Dimension::Tenant {
        let dearest = store::traces::dearest_of_tenant(&db, owner.key.as_deref(), range, TRACES_MAX).await?;
        (store::traces::spend(&db, &owner, range).await?, dearest)
    } else {
        let (owner, dimensions) = (&owner, of_spans.as_slice());
        let question =
            store::costs::OfOwner { owner, range, dimensions, groups_max: LINES_MAX, traces_max: TRACES_MAX };
        let found = store::costs::at_once(&db, &question).await?;
        let tables = found.splits.iter().map(|split| Across { covered, table: summary::table(split) });
        across.extend(of_spans.into_iter().zip(tables));
        (found.traces, found.dearest)
    };
    let before = store::traces::spend(&db, &owner, range.previous()).await?;
    Ok(Spending { traces: Traces { covered, spend, before, dearest }, across })
}

/// Lines of a panel: what is left out is said with its sum.
const LINES_MAX: usize = 8;

/// Traces that are listed.
const TRACES_MAX: i64 = 8;

async fn from_rollups(
    db: &store::Db,
    owner: &Owner,
    by: Dimension,
    range: TimeRange,
    bucket_seconds: i64,
) -> Result<Across, ApiError> {
    let question = store::costs::Question {
        range,
        by: &Grouping::by(by),
        only: Some(owner),
        // No series is drawn of it; wide buckets are read fastest.
        bucket_seconds: bucket_seconds.max(3_600),
        compare: false,
        groups_max: Some(LINES_MAX),
    };
    let split = store::costs::split(db, &question).await?;
    Ok(Across { covered: Covered { range, is_all: true }, table: summary::table(&split) })
}

/// The budgets of `owner`, from memory.
pub async fn load_budgets(owner: Owner) -> Result<Budgets, ApiError> {
    let services = crate::context::services()?;
    let Some(reading) = services.budgets.reading() else {
        return Ok(Budgets { as_of: None, bars: Vec::new(), left_out: 0 });
    };
    let is_its = |line: &&model::budget::Line| {
        let scope = &line.budget.scope;
        scope.dimension() == owner.dimension && scope.name().or(line.owner.as_deref()) == owner.key.as_deref()
    };
    let bars = reading.lines.iter().filter(|_| owner.key.is_some()).filter(is_its).map(BudgetBar::from);
    Ok(Budgets { as_of: Some(reading.as_of), bars: bars.collect(), left_out: 0 })
}
