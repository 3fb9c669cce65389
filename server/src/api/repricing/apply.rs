//! `POST /api/v1/prices/repricing/{id}/apply`: what was looked at is written, as signed corrections of the books.

use axum::Json;
use axum::extract::State;
use model::alert::hold::Person;
use model::repricing::{CannotApply, State as RunState};
use serde::Deserialize;
use serde_json::json;

use super::show::{self, Answer};
use crate::api::Api;
use crate::api::alerts::change::{self, Body};
use crate::api::id::RepricingId;
use crate::api::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    by: String,
    #[serde(default)]
    note: String,
}

/// Begins to apply it, exactly as it was shown; that goes on in the background. 409 says why it cannot be.
pub async fn apply(
    State(api): State<Api>,
    id: RepricingId,
    Body(body): Body<Application>,
) -> Result<Json<Answer>, Problem> {
    let person = Person::new(&body.by, &body.note).map_err(change::problem)?;
    let db = &api.pools.jobs;
    let run = store::repricing::get(db, id.0).await?.ok_or_else(|| id.not_found())?;
    run.can_apply(&api.prices.revision()).map_err(|why| refused(&why, run.state))?;
    if !store::repricing::begin(db, id.0, &person, (api.now)()).await? {
        return Err(Problem::conflict("somebody else was faster; look at it again"));
    }
    show::answer(&api, id).await
}

fn refused(why: &CannotApply, state: RunState) -> Problem {
    Problem::conflict(why.to_string()).with("state", json!(state.as_str()))
}
