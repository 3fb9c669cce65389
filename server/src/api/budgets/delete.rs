//! `DELETE /api/v1/budgets/{id}?by=`: takes a budget out that was made here; its alarms end.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use model::alert::hold::Person;
use store::budgets::kept::{self, Outcome};

use super::changes::ChangeLine;
use super::written::problem;
use crate::api::Api;
use crate::api::alerts::change;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// The line of the history that says so.
pub async fn delete(
    State(api): State<Api>,
    path: Result<Path<String>, PathRejection>,
    parameters: Parameters,
) -> Result<Json<ChangeLine>, Problem> {
    parameters.only(&["by", "note", "version"])?;
    let Path(slug) = path?;
    let given = |name: &str| parameters.get(name).unwrap_or_default();
    let person = Person::new(given("by"), given("note")).map_err(change::problem)?;
    let version = parameters.get("version").map(|text| {
        text.parse::<i64>().map_err(|_| Problem::bad_request(format!("`version`: `{text}`; expected a number")))
    });
    let db = &api.pools.jobs;
    match kept::delete(db, (&slug, version.transpose()?), &person, (api.now)()).await? {
        Outcome::Done(id) => {
            api.budgets.look_again().await?;
            let line = kept::change(db, id).await?.ok_or_else(|| Problem::not_found("its history is gone"))?;
            Ok(Json(line.into()))
        }
        other => Err(problem(other, &slug, &api)),
    }
}
