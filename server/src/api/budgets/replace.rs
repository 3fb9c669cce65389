//! `PUT /api/v1/budgets/{id}`: makes another one of a budget that was made here.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use store::budgets::kept::{self, Outcome};

use super::rule::{RuleLine, answer};
use super::written::{Wish, Written, problem};
use crate::api::Api;
use crate::api::alerts::change::Body;
use crate::api::problem::Problem;

/// The budget as it is then; with another name it has another id. 409 says who was first, when `version` is not the one there.
pub async fn replace(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    Body(written): Body<Written>,
) -> Result<Json<RuleLine>, Problem> {
    let Path(slug) = path?;
    let Wish { budget, person, version } = written.read()?;
    match kept::replace(&api.pools.jobs, (&slug, version), &budget, &person, (api.now)()).await? {
        Outcome::Done(_) => Ok(Json(answer(&api, &budget.slug()).await?)),
        other => Err(problem(other, &slug, &api)),
    }
}
