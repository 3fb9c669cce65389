//! `GET /api/v1/budgets/{id}`: one budget, as it stood a moment ago.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};

use super::line::BudgetLine;
use super::reading;
use crate::api::Api;
use crate::api::problem::Problem;
use crate::keys::Caller;

/// The budget.
pub async fn show(
    State(api): State<Api>,
    caller: Caller,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<BudgetLine>, Problem> {
    let Path(id) = id?;
    let reading = reading(&api)?;
    let line = match caller.own_space() {
        Some(own) => reading.of_tenant(&own.tenant).into_iter().find(|line| line.id == id),
        None => reading.get(&id),
    };
    match line {
        Some(line) => Ok(Json(BudgetLine::new(line, &reading))),
        None => Err(Problem::not_found(format!(
            "there is no budget `{id}`; expected the id of one in /api/v1/budgets, such as `everything`, or `each-tenant:acme` \
             for a budget of each of them"
        ))),
    }
}
