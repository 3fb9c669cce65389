//! `POST /api/v1/alerts/{id}/acknowledge`: somebody takes the alert.

use axum::Json;
use axum::extract::State;
use model::alert::hold::{self, Person};
use serde::Deserialize;

use super::change::{Body, change, problem, until};
use super::show::Answer;
use crate::api::Api;
use crate::api::id::AlertId;
use crate::api::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    by: String,
    #[serde(default)]
    note: String,
    /// When it ends; without it, when the alert resolves.
    until: Option<String>,
}

/// The alert afterwards; 409 says who has it already.
pub async fn acknowledge(
    State(api): State<Api>,
    id: AlertId,
    Body(body): Body<Acknowledgement>,
) -> Result<Json<Answer>, Problem> {
    let now = (api.now)();
    let person = Person::new(&body.by, &body.note).map_err(problem)?;
    let end = body.until.as_deref().map(|text| until(text, now)).transpose()?;
    change(&api, id, |alert| hold::acknowledge(alert, &person, end, now)).await
}
