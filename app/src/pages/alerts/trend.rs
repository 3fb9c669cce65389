//! How the figure of an alert went, as a picture for its line in the list: asked for by the browser for the lines it shows, so that
//! the list does not wait for it.

use chrono::{DateTime, TimeDelta, Utc};
use model::alert::Alert;
use store::Db;

use super::api;
use super::chart::range_of;
use crate::charts::spark;
use crate::error::ApiError;

/// Before it fired, as much of the picture as there is.
const BEFORE: TimeDelta = TimeDelta::minutes(30);

/// The picture, an SVG of one colour: whoever shows it gives it its own. Nothing is drawn of fewer than two points.
pub async fn picture(db: &Db, alert: &Alert, now: DateTime<Utc>) -> Result<String, ApiError> {
    let mut range = range_of(alert, alert.fired_at, now);
    range.from = range.from.max(alert.fired_at - BEFORE);
    let case = api::case(db, alert, range).await?;
    Ok(spark::document(case.series.into_iter().filter_map(|(_, value)| value)))
}

/// Where it is; another address each minute, so that a picture that is kept is never old.
pub fn address(id: i64, now: DateTime<Utc>) -> String {
    format!("/api/v1/alerts/{id}/trend.svg?minute={}", now.timestamp() / 60)
}
