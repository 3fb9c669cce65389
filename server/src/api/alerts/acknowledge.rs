//! `POST /api/v1/alerts/{id}/acknowledge`: somebody takes the alert.

use axum::Json;
use axum::extract::State;
use model::Usd;
use model::alert::hold::{self, Person, Quiet};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::change::{Body, change, problem, until};
use super::show::Answer;
use crate::api::Api;
use crate::api::id::AlertId;
use crate::api::json::text;
use crate::api::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    by: String,
    #[serde(default)]
    note: String,
    /// When it ends; without it, when the alert resolves.
    until: Option<String>,
    /// Dollars it may grow by until it fires again; without them it fires again at twice its figure.
    grows_by_usd: Option<Box<RawValue>>,
}

/// The alert afterwards; 409 says who has it already.
pub async fn acknowledge(
    State(api): State<Api>,
    id: AlertId,
    Body(body): Body<Acknowledgement>,
) -> Result<Json<Answer>, Problem> {
    let now = (api.now)();
    let person = Person::new(&body.by, &body.note).map_err(problem)?;
    let until = body.until.as_deref().map(|text| until(text, now)).transpose()?;
    let grows_by = body.grows_by_usd.as_deref().map(dollars).transpose()?;
    let quiet = Quiet { until, grows_by };
    change(&api, id, |alert| hold::acknowledge(alert, &person, quiet, now)).await
}

fn dollars(written: &RawValue) -> Result<Usd, Problem> {
    text(written).parse().map_err(|error| Problem::bad_request(format!("`grows_by_usd`: {error}")))
}
