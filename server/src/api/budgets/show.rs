//! `GET /api/v1/budgets/{id}`: one budget, as it stood a moment ago.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};

use super::line::BudgetLine;
use super::reading;
use crate::api::Api;
use crate::api::problem::Problem;

/// The budget.
pub async fn show(
    State(api): State<Api>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<BudgetLine>, Problem> {
    let Path(id) = id?;
    let reading = reading(&api)?;
    match reading.get(&id) {
        Some(line) => Ok(Json(BudgetLine::new(line, reading.as_of))),
        None => Err(Problem::not_found(format!(
            "there is no budget `{id}`; expected the id of one in /api/v1/budgets, such as `everything`, or `each-tenant:acme` \
             for a budget of each of them"
        ))),
    }
}
