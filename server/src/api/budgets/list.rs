//! `GET /api/v1/budgets`: every budget, or those of one tenant.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use model::Usd;
use model::usd::json;
use serde::Serialize;

use super::line::BudgetLine;
use super::reading;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;
use crate::api::{Api, tenant};
use crate::keys::Caller;

/// Budgets per answer, at most: each is about half a kilobyte.
const BUDGETS_MAX: usize = 2_000;

#[derive(Serialize)]
pub struct Answer {
    /// In the order of the rules; of a rule about each of them the dearest first.
    budgets: Vec<BudgetLine>,
    /// There are more than these; each can still be asked for by its id or its tenant.
    more: bool,
    /// What one trace may cost before it raises "BUDGET ALARM"; null is as much as it likes.
    #[serde(serialize_with = "json::amount_or_null")]
    trace_limit_usd: Option<Usd>,
    as_of: DateTime<Utc>,
}

/// The budgets, as they stood a moment ago.
pub async fn list(State(api): State<Api>, caller: Caller, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["tenant"])?;
    let reading = reading(&api)?;
    let (lines, more) = match tenant::answered(&caller, parameters.get("tenant"))? {
        Some(tenant) => (reading.of_tenant(tenant), false),
        None => {
            let lines = reading.lines.iter().take(BUDGETS_MAX).cloned().collect();
            (lines, reading.is_cut() || reading.lines.len() > BUDGETS_MAX)
        }
    };
    let rules = api.budgets.rules();
    let budgets = lines.into_iter().map(|line| BudgetLine::new(line, &reading)).collect();
    Ok(Json(Answer { budgets, more, trace_limit_usd: rules.trace_limit, as_of: reading.as_of }))
}
