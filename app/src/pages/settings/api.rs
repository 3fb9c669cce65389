//! What the settings page asks of the server.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::access::KeysStatus;
use model::health::Endpoints;
use model::price::{BookStatus, UnpricedModel};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::url_state::RangeChoice;

/// Where the server listens.
pub async fn load_endpoints() -> Result<Endpoints, ApiError> {
    Ok(crate::context::services()?.endpoints)
}

/// The prices in use, and the server's clock.
pub async fn load_prices() -> Result<(BookStatus, DateTime<Utc>), ApiError> {
    let services = crate::context::services()?;
    Ok((services.prices.status(), (services.now)()))
}

/// Models whose calls have no cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpriced {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// The models, most tokens first, and whether each has a price by now.
    pub models: Vec<(UnpricedModel, bool)>,
    /// Whether there are more.
    pub more: bool,
    /// Whether prices can be added from here.
    pub takes_prices: bool,
}

/// Models with calls in `range` whose cost nobody knows.
pub async fn load_unpriced(range: RangeChoice) -> Result<Unpriced, ApiError> {
    /// Lines of the page.
    const MODELS_MAX: usize = 100;
    let services = crate::context::services()?;
    let now = (services.now)();
    // One more than is shown tells whether there are more.
    let mut models =
        store::unpriced::models(&services.pools.readers.get(), range.resolve(now), MODELS_MAX as i64 + 1).await?;
    let more = models.len() > MODELS_MAX;
    models.truncate(MODELS_MAX);
    let priced = |model: UnpricedModel| {
        let is_priced = services.prices.is_priced(model.provider.as_deref(), &model.model);
        (model, is_priced)
    };
    let models = models.into_iter().map(priced).filter(|(model, is_priced)| model.wants_a_price(*is_priced)).collect();
    Ok(Unpriced { now, models, more, takes_prices: services.prices.takes_prices() })
}

/// Adds a price to the price file; what is not given is empty.
#[server]
pub async fn add_price(
    /// Who serves the model; empty is anybody.
    provider: String,
    /// The model.
    model: String,
    /// USD per million input tokens.
    #[server(default)]
    input: String,
    /// USD per million input tokens out of the provider's cache.
    #[server(default)]
    cached_input: String,
    /// USD per million output tokens.
    #[server(default)]
    output: String,
    /// USD per call.
    #[server(default)]
    per_call: String,
) -> Result<(), ApiError> {
    crate::context::may_change()?;
    let prices = crate::context::services()?.prices;
    let price = model::price::NewPrice { provider, model, input, cached_input, output, per_call };
    prices.add_price(price).await.map_err(|why| ApiError::Invalid(format!("The price was not added: {why}.")))
}

/// The keys in force, the name of the one that is signed in with, and the server's clock.
pub async fn load_access() -> Result<(Option<KeysStatus>, Option<String>, DateTime<Utc>), ApiError> {
    let services = crate::context::services()?;
    Ok((services.keys.status(), crate::context::viewer().key, (services.now)()))
}
