//! `POST /api/v1/alerts/{id}/snooze`: silence until a time.

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
pub struct Snooze {
    by: String,
    #[serde(default)]
    note: String,
    until: String,
}

/// The alert afterwards; 409 says who has it already.
pub async fn snooze(State(api): State<Api>, id: AlertId, Body(body): Body<Snooze>) -> Result<Json<Answer>, Problem> {
    let now = (api.now)();
    let person = Person::new(&body.by, &body.note).map_err(problem)?;
    let end = until(&body.until, now)?;
    change(&api, id, |alert| hold::snooze(alert, &person, end, now)).await
}
