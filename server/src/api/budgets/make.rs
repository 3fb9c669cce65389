//! `POST /api/v1/budgets`: makes a budget, which is in force on every server within seconds.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use store::budgets::kept::{self, Outcome};

use super::rule::{RuleLine, answer};
use super::written::{Wish, Written, problem};
use crate::api::Api;
use crate::api::alerts::change::Body;
use crate::api::problem::Problem;

/// 201 with the budget; 422 says what is wrong with it, field by field; 409 that its name is taken.
pub async fn make(
    State(api): State<Api>,
    Body(written): Body<Written>,
) -> Result<(StatusCode, Json<RuleLine>), Problem> {
    let Wish { budget, person, .. } = written.read()?;
    let slug = budget.slug();
    match kept::make(&api.pools.jobs, &budget, &person, (api.now)()).await? {
        Outcome::Done(_) => Ok((StatusCode::CREATED, Json(answer(&api, &slug).await?))),
        other => Err(problem(other, &slug, &api)),
    }
}
