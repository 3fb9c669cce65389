//! `POST /api/v1/verdicts/{id}/settle`: settles what is stored already again, as far as an override may be about it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::alert::hold::Person;
use model::ruling::{AGAIN_DAYS_MAX, Again};
use model::time::TimeRange;
use serde::Deserialize;

use super::line::RunLine;
use crate::api::Api;
use crate::api::alerts::change::{self, Body};
use crate::api::id::OverrideId;
use crate::api::problem::Problem;

const DAY_SECONDS: i64 = 86_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    by: String,
    /// Traces that began within so many days.
    days: i64,
}

/// Begins to put the traces on the finaliser's list, which goes on in the background. 409 while others are put there.
pub async fn settle(
    State(api): State<Api>,
    id: OverrideId,
    Body(asked): Body<Asked>,
) -> Result<(StatusCode, Json<RunLine>), Problem> {
    let person = Person::new(&asked.by, "").map_err(change::problem)?;
    if !(1..=AGAIN_DAYS_MAX).contains(&asked.days) {
        let words = format!("`days`: expected a number from 1 to {AGAIN_DAYS_MAX}, got {}", asked.days);
        return Err(Problem::bad_request(words));
    }
    let (db, now) = (&api.pools.jobs, (api.now)());
    store::overrides::get(db, id.0).await?.ok_or_else(|| id.not_found())?;
    let range = TimeRange::last_seconds(asked.days * DAY_SECONDS, now);
    let started = store::overrides::again::start(db, id.0, range, person.by(), now).await?;
    let busy =
        || Problem::conflict("traces are being put on the list already; `GET /api/v1/verdicts` tells how far that is");
    let run_id = started.ok_or_else(busy)?;
    let is_it = |run: &Again| run.id == run_id;
    let run = store::overrides::again::list(db, 1).await?.into_iter().find(is_it).ok_or_else(busy)?;
    Ok((StatusCode::ACCEPTED, Json(run.into())))
}
