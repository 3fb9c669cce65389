//! `POST /api/v1/alerts/{id}/resolve`: somebody says it is over.

use axum::Json;
use axum::extract::State;
use model::alert::hold::{self, Person};

use super::change::{Body, Said, change, problem};
use super::show::Answer;
use crate::api::Api;
use crate::api::id::AlertId;
use crate::api::problem::Problem;

/// The alert afterwards; 409 when it is over already.
pub async fn resolve(State(api): State<Api>, id: AlertId, Body(body): Body<Said>) -> Result<Json<Answer>, Problem> {
    let now = (api.now)();
    let person = Person::new(&body.by, &body.note).map_err(problem)?;
    change(&api, id, |alert| hold::resolve(alert, &person, now)).await
}
