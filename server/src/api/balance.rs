//! `GET /api/v1/balance`: whether every way of adding up the money gives the same figure.

use axum::Json;
use axum::extract::State;
use model::usd::json;
use model::{TraceId, Usd, UsdSum};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

use super::Api;
use super::problem::Problem;

#[derive(Serialize)]
pub struct Answer {
    balanced: bool,
    #[serde(serialize_with = "json::total")]
    total_cost_usd: UsdSum,
    by: BTreeMap<String, Box<RawValue>>,
    drift: Vec<Drift>,
}

/// A trace whose sender declared another total than its spans add up to.
#[derive(Serialize)]
struct Drift {
    trace_id: TraceId,
    /// The tenant in whose own space of ids it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(serialize_with = "json::amount")]
    declared_cost_usd: Usd,
    #[serde(serialize_with = "json::amount")]
    calculated_cost_usd: Usd,
    #[serde(serialize_with = "json::total")]
    drift_usd: UsdSum,
}

impl From<model::cost::Drift> for Drift {
    fn from(drift: model::cost::Drift) -> Self {
        Self {
            trace_id: drift.trace_id,
            tenant: drift.own_space_of,
            declared_cost_usd: drift.declared,
            calculated_cost_usd: drift.calculated,
            drift_usd: UsdSum::from(drift.calculated) - UsdSum::from(drift.declared),
        }
    }
}

/// The books, added up now.
pub async fn show(State(api): State<Api>) -> Result<Json<Answer>, Problem> {
    let balance = store::balance::check(&api.pools.readers.get()).await?;
    Ok(Json(Answer {
        balanced: balance.is_balanced(),
        total_cost_usd: balance.total,
        by: balance.by.into_iter().map(|(name, sum)| (name, json::raw(sum))).collect(),
        drift: balance.drift.into_iter().map(Drift::from).collect(),
    }))
}
