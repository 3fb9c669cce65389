//! `PUT /api/v1/alert-rules/{id}`: makes another one of a rule that was made here.

use axum::Json;
use axum::extract::State;
use store::alerts::rules::{self, Outcome};

use super::line::{RuleLine, answer};
use super::written::{Wish, Written, problem};
use crate::api::Api;
use crate::api::alerts::change::Body;
use crate::api::id::AlertRuleId;
use crate::api::problem::Problem;

/// The rule as it is then. 409 says who was first, when `version` is not the one there.
pub async fn replace(
    State(api): State<Api>,
    id: AlertRuleId,
    Body(written): Body<Written>,
) -> Result<Json<RuleLine>, Problem> {
    let Wish { rule, person, version } = written.read()?;
    match rules::replace(&api.pools.jobs, (id.0, version), &rule, &person, (api.now)()).await? {
        Outcome::Done { rule, .. } => Ok(Json(answer(&api, rule).await?)),
        Outcome::Gone => Err(id.not_found()),
        other => Err(problem(other)),
    }
}
