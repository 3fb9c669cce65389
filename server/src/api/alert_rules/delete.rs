//! `DELETE /api/v1/alert-rules/{id}?by=`: takes a rule out that was made here; its alerts end.

use axum::extract::State;
use axum::http::StatusCode;
use model::alert::hold::Person;
use store::alerts::rules::{self, Outcome};

use super::written::problem;
use crate::api::Api;
use crate::api::alerts::change;
use crate::api::id::AlertRuleId;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// 204; 409 says who was first, when `version` is not the one there.
pub async fn delete(State(api): State<Api>, id: AlertRuleId, parameters: Parameters) -> Result<StatusCode, Problem> {
    parameters.only(&["by", "note", "version"])?;
    let given = |name: &str| parameters.get(name).unwrap_or_default();
    let person = Person::new(given("by"), given("note")).map_err(change::problem)?;
    let version = parameters.get("version").map(|text| {
        text.parse::<i64>().map_err(|_| Problem::bad_request(format!("`version`: `{text}`; expected a number")))
    });
    match rules::delete(&api.pools.jobs, (id.0, version.transpose()?), &person, (api.now)()).await? {
        Outcome::Done { .. } => {
            api.alert_rules.look_again().await?;
            Ok(StatusCode::NO_CONTENT)
        }
        Outcome::Gone => Err(id.not_found()),
        other => Err(problem(other)),
    }
}
