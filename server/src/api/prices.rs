//! `GET /api/v1/prices`: which prices are in use; `GET /api/v1/prices/unpriced`: which models have none.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use model::price::{BookStatus, UnpricedModel};
use serde::Serialize;

use super::Api;
use super::parameters::Parameters;
use super::problem::Problem;

const DAY_SECONDS: i64 = 86_400;

/// Models in an answer: more than anybody prices by hand.
const MODELS_MAX: usize = 500;

#[derive(Serialize)]
pub struct Unpriced {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Most tokens first.
    models: Vec<Line>,
    /// Whether there are more than these.
    more: bool,
}

#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    model: UnpricedModel,
    /// Whether a call would have a price now: these came before it.
    priced_now: bool,
    /// Lines of `prices.yaml` that would price it, once the prices are filled in.
    yaml: String,
}

/// The built-in book, and the file in front of it with its entries in words.
pub async fn show(State(api): State<Api>, parameters: Parameters) -> Result<Json<BookStatus>, Problem> {
    parameters.only(&[])?;
    Ok(Json(api.prices.status()))
}

/// Models with calls in `from`..`to`, by default of the last day, whose cost nobody knows.
pub async fn unpriced(State(api): State<Api>, parameters: Parameters) -> Result<Json<Unpriced>, Problem> {
    parameters.only(&["from", "to"])?;
    let range = parameters.range(DAY_SECONDS, (api.now)())?;
    // One more than is answered tells whether there are more.
    let mut models = store::unpriced::models(&api.pools.readers.get(), range, MODELS_MAX as i64 + 1).await?;
    let more = models.len() > MODELS_MAX;
    models.truncate(MODELS_MAX);
    let models = models.into_iter().map(|model| Line {
        priced_now: api.prices.is_priced(model.provider.as_deref(), &model.model),
        yaml: model.lines_to_copy(),
        model,
    });
    let models = models.filter(|line| line.model.wants_a_price(line.priced_now)).collect();
    Ok(Json(Unpriced { from: range.from, to: range.to, models, more }))
}
