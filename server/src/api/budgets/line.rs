//! A budget as the API shows it.

use chrono::{DateTime, Utc};
use model::budget::rulebook::Origin;
use model::budget::{Line, Reading};
use model::usd::json;
use model::{Usd, UsdSum};
use serde::Serialize;
use serde_json::value::RawValue;

#[derive(Serialize)]
pub struct BudgetLine {
    id: String,
    name: String,
    /// `all`, `tenant acme`, `each tenant`.
    scope: String,
    /// Whose spend it counts; null is everybody's.
    owner: Option<String>,
    /// `day`, `week`, `month`, `rolling 30d`.
    period: String,
    period_start: DateTime<Utc>,
    period_end: DateTime<Utc>,
    #[serde(serialize_with = "json::total")]
    spent_usd: UsdSum,
    #[serde(serialize_with = "json::amount")]
    limit_usd: Usd,
    /// Below zero when more than the limit was spent.
    #[serde(serialize_with = "json::total")]
    remaining_usd: UsdSum,
    /// Part of the limit that is spent, rounded down to six decimals: 1 is all of it.
    used: Box<RawValue>,
    state: &'static str,
    thresholds: Vec<Threshold>,
    burn_rate: BurnRate,
    /// Where it will be at the end of the period, an estimate; null while nobody can say.
    #[serde(serialize_with = "total_or_null")]
    forecast_usd: Option<UsdSum>,
    /// One time in ten it is less.
    #[serde(serialize_with = "total_or_null")]
    forecast_low_usd: Option<UsdSum>,
    /// One time in ten it is more.
    #[serde(serialize_with = "total_or_null")]
    forecast_high_usd: Option<UsdSum>,
    /// `seasonal by week`, `seasonal by day` or `no season`.
    forecast_method: Option<&'static str>,
    /// `21 days of hourly spend`.
    forecast_history: Option<String>,
    /// Why there is no forecast.
    forecast_problem: Option<String>,
    /// `file` or `here`: where it is changed.
    source: &'static str,
    as_of: DateTime<Utc>,
}

#[derive(Serialize)]
struct Threshold {
    percent: u16,
    crossed: bool,
}

/// 1 spends the limit exactly by the end of the period.
#[derive(Serialize)]
struct BurnRate {
    /// Over the last hour.
    fast: Box<RawValue>,
    /// Over the last day; null when the period is no longer than that.
    slow: Option<Box<RawValue>>,
}

impl BudgetLine {
    /// The budget as it stood in this reading.
    pub fn new(line: Line, reading: &Reading) -> Self {
        let owner = line.owner().map(str::to_owned);
        let Line { id, budget, standing, outlook, .. } = line;
        let forecast = outlook.forecast();
        Self {
            id,
            name: budget.name.clone(),
            scope: budget.scope.to_string(),
            owner,
            period: budget.period.to_string(),
            period_start: standing.period.from,
            period_end: standing.period.to,
            spent_usd: standing.spent,
            limit_usd: budget.limit,
            remaining_usd: standing.remaining,
            used: decimal(standing.used_millionths, 1_000_000),
            state: standing.state.as_str(),
            thresholds: standing
                .thresholds
                .into_iter()
                .map(|(percent, crossed)| Threshold { percent, crossed })
                .collect(),
            burn_rate: BurnRate {
                fast: decimal(standing.burn_fast, 1_000),
                slow: standing.burn_slow.map(|rate| decimal(rate, 1_000)),
            },
            forecast_usd: forecast.map(|forecast| forecast.expected),
            forecast_low_usd: forecast.map(|forecast| forecast.low),
            forecast_high_usd: forecast.map(|forecast| forecast.high),
            forecast_method: forecast.map(|forecast| forecast.season.as_str()),
            forecast_history: forecast.map(model::budget::forecast::Forecast::history),
            forecast_problem: outlook.unforeseen().map(|why| why.to_string()),
            source: reading.origin(&budget).map_or("file", source),
            as_of: reading.as_of,
        }
    }
}

/// Where it is changed.
pub const fn source(origin: &Origin) -> &'static str {
    match origin {
        Origin::File => "file",
        Origin::Here { .. } => "here",
    }
}

/// A total that may be unknown.
fn total_or_null<S: serde::Serializer>(total: &Option<UsdSum>, serializer: S) -> Result<S::Ok, S::Error> {
    match total {
        Some(total) => json::total(total, serializer),
        None => serializer.serialize_none(),
    }
}

/// So many parts of one as an exact decimal: written like money, which knows how.
pub fn decimal(count: i64, parts: i128) -> Box<RawValue> {
    json::raw(UsdSum::from_pico(i128::from(count) * (i128::from(model::usd::PICO_PER_USD) / parts)))
}
