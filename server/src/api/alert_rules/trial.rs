//! `POST /api/v1/alert-rules/trial`: what a rule would have done, without making it.

use app::pages::alerts::rules::api::tried;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::written::Written;
use crate::api::Api;
use crate::api::alerts::change::Body;
use crate::api::problem::Problem;

#[derive(Serialize)]
pub struct Answer {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// Every time it would have fired, newest first.
    firings: Vec<FiringLine>,
    /// Whether that is all: of more windows than can be told apart only the worst are looked at.
    complete: bool,
}

#[derive(Serialize)]
struct FiringLine {
    /// Names and values of the keys of its query.
    group: Map<String, Value>,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// The worst figure: dollars, seconds, a share or a count.
    worst: f64,
}

/// The last seven days, or as much of them as can be read.
pub async fn show(State(api): State<Api>, Body(written): Body<Written>) -> Result<Json<Answer>, Problem> {
    let rule = written.rule()?;
    let outcome = tried(&api.pools.readers.get(), &rule, (api.now)()).await;
    let outcome = outcome.map_err(|error| Problem::unavailable(error.to_string()))?;
    let trial = outcome.map_err(|reason| Problem::unavailable(format!("it could not be tried: {reason}")))?;
    let line = |firing: model::alert::rule::trial::Firing| FiringLine {
        group: firing.group.into_iter().map(|(name, value)| (name, Value::String(value))).collect(),
        from: firing.from,
        to: firing.to,
        worst: firing.worst,
    };
    let firings = trial.firings.into_iter().map(line).collect();
    Ok(Json(Answer { from: trial.range.from, to: trial.range.to, firings, complete: trial.is_all }))
}
