//! `GET /api/v1/alert-rules`: every rule of alerts, those of the file first.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::line::RuleLine;
use crate::api::Api;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

#[derive(Serialize)]
pub struct Answer {
    rules: Vec<RuleLine>,
    /// Why what is in the file now is not in force; null when it is.
    file_problem: Option<String>,
}

/// The rules.
pub async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&[])?;
    let rules = api.alert_rules.rules();
    let file_problem = rules.file.problem.as_ref().map(|problem| problem.reason.clone());
    Ok(Json(Answer { rules: rules.rules.iter().map(RuleLine::from).collect(), file_problem }))
}
