//! What acknowledge, snooze, undo and resolve share: read the alert, let [`model::alert::hold`] decide, keep the result unless
//! somebody else was faster.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use chrono::{DateTime, Utc};
use model::alert::hold::HoldError;
use model::alert::{Alert, HistoryEntry};
use model::time::parse_point;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::show::{self, Answer};
use crate::api::Api;
use crate::api::id::AlertId;
use crate::api::problem::Problem;

/// Tries before giving up: rules write to open alerts every few seconds, so losing one race is ordinary, losing five is not.
const ATTEMPTS_MAX: usize = 5;

/// A JSON body; what is wrong with it is told as a problem.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body: Result<Json<T>, JsonRejection> = Json::from_request(request, state).await;
        Ok(Self(body?.0))
    }
}

/// Who it is, and what they have to say about it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub by: String,
    #[serde(default)]
    pub note: String,
}

/// The end of a hold: RFC 3339, or an offset from now such as `+2h`.
pub fn until(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    parse_point(text, now).map_err(|error| Problem::bad_request(format!("`until`: {error}")))
}

/// Applies `decide` to the alert as it is now.
pub async fn change(
    api: &Api,
    id: AlertId,
    decide: impl Fn(&Alert) -> Result<(Alert, HistoryEntry), HoldError>,
) -> Result<Json<Answer>, Problem> {
    let db = &api.pools.jobs;
    for _ in 0..ATTEMPTS_MAX {
        let alert = store::alerts::get(db, id.0).await?.ok_or_else(|| id.not_found())?;
        let (changed, entry) = decide(&alert).map_err(problem)?;
        if store::alerts::update(db, &changed, Some(&entry)).await? {
            return show::answer(api, id).await;
        }
    }
    Err(Problem::unavailable("the alert changes too fast to be changed by hand right now; try again"))
}

/// A mistake in the request is a 400; somebody else's hold is a 409 that says whose.
pub fn problem(error: HoldError) -> Problem {
    match &error {
        HoldError::Nobody | HoldError::LongNote | HoldError::Past | HoldError::NoDollars | HoldError::NoGrowth => {
            Problem::bad_request(error.to_string())
        }
        HoldError::NotHeld => Problem::conflict(error.to_string()),
        HoldError::Resolved => Problem::conflict(error.to_string()).with("state", json!("resolved")),
        HoldError::Pending => Problem::conflict(error.to_string()).with("state", json!("pending")),
        HoldError::Taken { by, state, at } => Problem::conflict(error.to_string())
            .with("by", json!(by))
            .with("state", json!(state.as_str()))
            .with("at", json!(at)),
    }
}
