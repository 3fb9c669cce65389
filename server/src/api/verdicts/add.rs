//! `POST /api/v1/verdicts`: says about a service or an instrumentation scope whether what its spans say they cost counts.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::alert::hold::Person;
use model::ruling::{About, OVERRIDES_MAX, Ruling};
use serde::Deserialize;
use store::overrides::Added;

use super::line::OverrideLine;
use crate::api::Api;
use crate::api::alerts::change::{self, Body};
use crate::api::id::OverrideId;
use crate::api::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    service: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    operation: String,
    /// `own`, `rolled_up` or `default`.
    ruling: String,
    by: String,
    #[serde(default)]
    note: String,
}

/// Puts it in force for what is settled from now on. 409 when there is one about the same spans: take that away first.
pub async fn add(
    State(api): State<Api>,
    Body(asked): Body<Asked>,
) -> Result<(StatusCode, Json<OverrideLine>), Problem> {
    let about = About::new(&asked.service, &asked.scope, &asked.operation)
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let ruling = Ruling::parse(&asked.ruling).ok_or_else(|| {
        Problem::bad_request(format!("`ruling`: expected own, rolled_up or default, got `{}`", asked.ruling))
    })?;
    let person = Person::new(&asked.by, &asked.note).map_err(change::problem)?;
    let db = &api.pools.jobs;
    match store::overrides::add(db, &about, ruling, &person, (api.now)()).await? {
        Added::InForce(id) => {
            let one = store::overrides::get(db, id).await?.ok_or_else(|| OverrideId(id).not_found())?;
            Ok((StatusCode::CREATED, Json(one.into())))
        }
        Added::There => Err(Problem::conflict(format!("there is an override about {about} already; delete it first"))),
        Added::Full => {
            Err(Problem::conflict(format!("there are {OVERRIDES_MAX} overrides, which is as many as may be")))
        }
    }
}
