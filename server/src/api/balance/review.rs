//! `POST .../{action}`: what somebody says about a difference: `acknowledge`, `note`, `undo`.

use axum::Json;
use chrono::{DateTime, Utc};
use model::review::{Action, Entry, ReviewError, Wish};
use model::usd::json;
use model::{Usd, UsdSum};
use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use crate::api::Api;
use crate::api::problem::Problem;

/// Who says it, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub by: String,
    #[serde(default)]
    pub note: String,
    /// The difference they saw; when it has changed since, nothing is said.
    pub difference_usd: Option<Box<RawValue>>,
}

/// A subject after somebody spoke: its difference, and everything that was said, newest first.
#[derive(Serialize)]
pub struct Reviewed {
    #[serde(serialize_with = "json::total")]
    difference_usd: UsdSum,
    acknowledged: bool,
    history: Vec<EntryLine>,
}

/// One thing somebody said.
#[derive(Serialize)]
pub struct EntryLine {
    at: DateTime<Utc>,
    by: String,
    action: &'static str,
    note: String,
    #[serde(serialize_with = "json::total")]
    difference_usd: UsdSum,
}

impl From<&Entry> for EntryLine {
    fn from(entry: &Entry) -> Self {
        let Entry { at, by, action, note, difference } = entry.clone();
        Self { at, by, action: action.as_str(), note, difference_usd: difference }
    }
}

/// The action a path names.
pub fn action(text: &str) -> Result<Action, Problem> {
    match text {
        "acknowledge" => Ok(Action::Acknowledged),
        "note" => Ok(Action::Noted),
        "undo" => Ok(Action::TakenBack),
        _ => Err(Problem::not_found(format!("there is no `{text}` here; expected acknowledge, note or undo"))),
    }
}

/// Says it about `subject`, whose difference is this one now.
pub async fn say(
    api: &Api,
    subject: &str,
    difference: UsdSum,
    action: Action,
    words: Words,
) -> Result<Json<Reviewed>, Problem> {
    let seen = words.difference_usd.as_deref().map(seen).transpose()?;
    let wish = Wish { by: words.by, action, note: words.note, seen };
    let db = &api.pools.jobs;
    store::reviews::say(db, subject, difference, &wish, (api.now)()).await?.map_err(problem)?;
    let said = store::reviews::of_one(db, subject).await?.entries;
    let acknowledged = model::review::in_force(&said, difference).is_some();
    Ok(Json(Reviewed { difference_usd: difference, acknowledged, history: said.iter().map(EntryLine::from).collect() }))
}

/// A difference as it is written in an answer; it may be below zero.
fn seen(number: &RawValue) -> Result<UsdSum, Problem> {
    let text = number.get().trim_matches('"');
    let (sign, magnitude) = text.strip_prefix('-').map_or((1, text), |magnitude| (-1, magnitude));
    let usd: Usd = magnitude.parse().map_err(|error| Problem::bad_request(format!("`difference_usd`: {error}")))?;
    Ok(UsdSum::from_pico(i128::from(usd.pico()) * sign))
}

fn problem(error: ReviewError) -> Problem {
    match &error {
        ReviewError::Nobody | ReviewError::LongNote | ReviewError::EmptyNote => Problem::bad_request(error.to_string()),
        ReviewError::Taken { by, at } => {
            Problem::conflict(error.to_string()).with("by", json!(by)).with("at", json!(at))
        }
        ReviewError::Moved(_) | ReviewError::Open | ReviewError::NoDifference => Problem::conflict(error.to_string()),
    }
}
