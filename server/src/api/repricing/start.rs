//! `POST /api/v1/prices/repricing`: what stored calls of models would cost at the prices in use now.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::repricing::Scope;
use model::time::{TimeRange, parse_point};
use serde::Deserialize;

use super::show::{self, Answer};
use crate::api::Api;
use crate::api::alerts::change::Body;
use crate::api::id::RepricingId;
use crate::api::problem::Problem;

const DAY_SECONDS: i64 = 86_400;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// A day before `to` by default.
    from: Option<String>,
    /// Now by default.
    to: Option<String>,
    tenant: Option<String>,
    model: Option<String>,
}

/// Begins a dry run, which goes on in the background; nothing is written to any span. 409 when a run is under way.
pub async fn start(State(api): State<Api>, Body(asked): Body<Asked>) -> Result<(StatusCode, Json<Answer>), Problem> {
    let now = (api.now)();
    let point = |name: &str, text: Option<&str>| {
        text.map(|text| parse_point(text, now).map_err(|error| Problem::bad_request(format!("`{name}`: {error}"))))
            .transpose()
    };
    let to = point("to", asked.to.as_deref())?.unwrap_or(now);
    let from = point("from", asked.from.as_deref())?.unwrap_or_else(|| TimeRange::last_seconds(DAY_SECONDS, to).from);
    if from >= to {
        return Err(Problem::bad_request("`from` must be before `to`"));
    }
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let scope = Scope { range: TimeRange { from, to }, tenant: given(asked.tenant), model: given(asked.model) };
    let started = store::repricing::start(&api.pools.jobs, &scope, &api.prices.revision(), now).await?;
    let id = started.ok_or_else(|| {
        Problem::conflict("calls are being priced again already; `GET /api/v1/prices/repricing` tells how far that is")
    })?;
    Ok((StatusCode::ACCEPTED, show::answer(&api, RepricingId(id)).await?))
}
