//! `GET /api/v1/alerts/{id}`: one alert with everything that happened to it.

use axum::Json;
use axum::extract::State;
use model::alert::notification::Delivery;
use serde::Serialize;

use super::line::{AlertLine, HistoryLine};
use crate::api::Api;
use crate::api::id::AlertId;
use crate::api::problem::Problem;

#[derive(Serialize)]
pub struct Answer {
    #[serde(flatten)]
    alert: AlertLine,
    /// Newest first.
    history: Vec<HistoryLine>,
    /// Who has been told, or is to be; the newest first.
    notifications: Vec<Delivery>,
}

/// The alert and its history.
pub async fn show(State(api): State<Api>, id: AlertId) -> Result<Json<Answer>, Problem> {
    answer(&api, id).await
}

/// Also what a change answers with.
pub async fn answer(api: &Api, id: AlertId) -> Result<Json<Answer>, Problem> {
    let db = &api.pools.readers.get();
    let alert = store::alerts::get(db, id.0).await?.ok_or_else(|| id.not_found())?;
    let history = store::alerts::history(db, id.0).await?;
    let called = store::spaces::called(db, &alert.observation.evidence).await?;
    Ok(Json(Answer {
        alert: AlertLine::new(alert, &called),
        history: history.into_iter().map(HistoryLine::from).collect(),
        notifications: store::notifications::of_alert(db, id.0).await?,
    }))
}
