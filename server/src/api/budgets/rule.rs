//! A budget's rule as the API shows it to whoever wrote it.

use chrono::{DateTime, Utc};
use model::Usd;
use model::budget::rulebook::{Listed, Origin};
use model::usd::json;
use serde::Serialize;
use serde_json::value::RawValue;

use super::line::{decimal, source};
use crate::api::Api;
use crate::api::problem::Problem;

#[derive(Serialize)]
pub struct RuleLine {
    id: String,
    name: String,
    scope: String,
    period: String,
    #[serde(serialize_with = "json::amount")]
    limit_usd: Usd,
    /// In percent, ascending.
    thresholds: Vec<u16>,
    burn_rate: BurnRates,
    source: &'static str,
    /// Whether it counts: it does not while budgets.yaml has a budget of its name.
    in_force: bool,
    version: Option<i64>,
    changed_by: Option<String>,
    changed_at: Option<DateTime<Utc>>,
}

/// Past which an alarm is raised.
#[derive(Serialize)]
struct BurnRates {
    fast: Box<RawValue>,
    slow: Box<RawValue>,
}

impl From<&Listed> for RuleLine {
    fn from(listed: &Listed) -> Self {
        let budget = &listed.budget;
        let (version, changed_by, changed_at) = match &listed.origin {
            Origin::File => (None, None, None),
            Origin::Here { version, by, at } => (Some(*version), Some(by.clone()), Some(*at)),
        };
        Self {
            id: budget.slug(),
            name: budget.name.clone(),
            scope: budget.scope.to_string(),
            period: budget.period.to_string(),
            limit_usd: budget.limit,
            thresholds: budget.thresholds.clone(),
            burn_rate: BurnRates {
                fast: decimal(budget.burn_limits.fast, 1_000),
                slow: decimal(budget.burn_limits.slow, 1_000),
            },
            source: source(&listed.origin),
            in_force: listed.in_force,
            version,
            changed_by,
            changed_at,
        }
    }
}

/// The budget that was just written under this address, once this server goes by it.
pub async fn answer(api: &Api, slug: &str) -> Result<RuleLine, Problem> {
    api.budgets.look_again().await?;
    let rules = api.budgets.rules();
    let listed = rules.made_here(slug).ok_or_else(|| Problem::not_found("somebody has deleted it meanwhile"))?;
    Ok(listed.into())
}
