//! `GET /api/v1/alerts/{id}/trend.svg`: how the figure of an alert went, as a small picture.

use app::pages::alerts::trend;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::api::Api;
use crate::api::id::AlertId;
use crate::api::parameters::Parameters;
use crate::api::problem::Problem;

/// The picture; a browser keeps it for a minute.
pub async fn show(State(api): State<Api>, id: AlertId, parameters: Parameters) -> Result<Response, Problem> {
    // Another minute is another address, so that a picture that was kept is never shown for long.
    parameters.only(&["minute"])?;
    let db = api.pools.readers.get();
    let alert = store::alerts::get(&db, id.0).await?.ok_or_else(|| id.not_found())?;
    let picture = trend::picture(&db, &alert, (api.now)())
        .await
        .map_err(|_| Problem::unavailable("the figure of this alert could not be read; its page says why"))?;
    Ok(([(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "private, max-age=60")], picture).into_response())
}
