//! `POST /api/v1/alerts/{id}/undo`: an acknowledgement or a snooze is taken back.

use axum::Json;
use axum::extract::State;
use model::alert::hold::{self, Person};

use super::change::{Body, Said, change, problem};
use super::show::Answer;
use crate::api::Api;
use crate::api::id::AlertId;
use crate::api::problem::Problem;

/// The alert afterwards, which fires again; 409 when nobody holds it.
pub async fn undo(State(api): State<Api>, id: AlertId, Body(body): Body<Said>) -> Result<Json<Answer>, Problem> {
    let now = (api.now)();
    let person = Person::new(&body.by, &body.note).map_err(problem)?;
    change(&api, id, |alert| hold::undo(alert, &person, now)).await
}
