//! What people do to an alert: read from a form, and written as long as nobody else was faster.

use chrono::{DateTime, Utc};
use model::alert::hold::{self, HoldError, Person, Quiet};
use model::alert::{Alert, HistoryEntry};
use store::Db;

use crate::error::ApiError;

/// Rules write to open alerts every few seconds: losing one race is ordinary, losing five is not.
const ATTEMPTS_MAX: usize = 5;

/// What is to be done.
pub enum Deed {
    Acknowledge(Quiet),
    Snooze(DateTime<Utc>),
    Undo,
    Resolve,
}

impl Deed {
    /// The fields of the form, of which each button reads its own.
    pub fn read(action: &str, until: &str, grows_by: &str, now: DateTime<Utc>) -> Result<Self, ApiError> {
        let until = match until {
            "" => None,
            text => Some(model::time::parse_point(text, now).map_err(|error| ApiError::Invalid(error.to_string()))?),
        };
        match action {
            "acknowledge" => {
                let grows_by = match grows_by.trim().trim_start_matches('$') {
                    "" => None,
                    text => {
                        Some(text.parse().map_err(|error| ApiError::Invalid(format!("Until it grows by: {error}.")))?)
                    }
                };
                Ok(Self::Acknowledge(Quiet { until, grows_by }))
            }
            "snooze" => {
                until.map(Self::Snooze).ok_or_else(|| ApiError::Invalid("A snooze needs an end. Choose one.".into()))
            }
            "undo" => Ok(Self::Undo),
            "resolve" => Ok(Self::Resolve),
            other => Err(ApiError::Invalid(format!("There is no action `{other}`."))),
        }
    }

    /// Does it to one alert.
    pub async fn to(&self, db: &Db, id: i64, person: &Person, now: DateTime<Utc>) -> Result<(), ApiError> {
        for _ in 0..ATTEMPTS_MAX {
            let alert = store::alerts::get(db, id).await?.ok_or_else(|| ApiError::NotFound("alert".into()))?;
            let (changed, entry) = self.on(&alert, person, now).map_err(refused)?;
            if store::alerts::update(db, &changed, Some(&entry)).await? {
                return Ok(());
            }
        }
        Err(ApiError::Unavailable)
    }

    fn on(&self, alert: &Alert, person: &Person, now: DateTime<Utc>) -> Result<(Alert, HistoryEntry), HoldError> {
        match self {
            Self::Acknowledge(quiet) => hold::acknowledge(alert, person, *quiet, now),
            Self::Snooze(until) => hold::snooze(alert, person, *until, now),
            Self::Undo => hold::undo(alert, person, now),
            Self::Resolve => hold::resolve(alert, person, now),
        }
    }
}

/// Why it cannot be done, as a sentence.
pub fn refused(error: HoldError) -> ApiError {
    let mut text = format!("{error}.");
    // A sentence of its own here; every reason begins with a letter of one byte, or with a name.
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    match error {
        HoldError::Taken { .. } | HoldError::Pending | HoldError::Resolved | HoldError::NotHeld => {
            ApiError::Conflict(text)
        }
        HoldError::Nobody | HoldError::LongNote | HoldError::Past | HoldError::NoDollars | HoldError::NoGrowth => {
            ApiError::Invalid(text)
        }
    }
}
