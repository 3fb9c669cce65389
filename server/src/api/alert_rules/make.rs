//! `POST /api/v1/alert-rules`: makes a rule of alerts, which is in force on every server within seconds.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use store::alerts::rules::{self, Outcome};

use super::line::{RuleLine, answer};
use super::written::{Wish, Written, problem};
use crate::api::Api;
use crate::api::alerts::change::Body;
use crate::api::problem::Problem;

/// 201 with the rule; 422 says what is wrong with it, field by field; 409 that its name is taken.
pub async fn make(
    State(api): State<Api>,
    Body(written): Body<Written>,
) -> Result<(StatusCode, Json<RuleLine>), Problem> {
    let Wish { rule, person, .. } = written.read()?;
    match rules::make(&api.pools.jobs, &rule, &person, (api.now)()).await? {
        Outcome::Done { rule, .. } => Ok((StatusCode::CREATED, Json(answer(&api, rule).await?))),
        other => Err(problem(other)),
    }
}
