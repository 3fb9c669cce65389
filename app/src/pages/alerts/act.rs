//! What people do to an alert from its page: one form, and the button that was pressed says what.

use leptos::prelude::*;

use crate::error::ApiError;

/// Takes an alert (`acknowledge`), silences it (`snooze`), takes either back (`undo`) or closes it (`resolve`).
#[server]
pub async fn hold_alert(
    /// Which one.
    id: i64,
    /// Who does it.
    by: String,
    /// Why.
    #[server(default)]
    note: String,
    /// Until when it is held: an offset such as `+1h`, or empty for as long as it is open.
    #[server(default)]
    until: String,
    /// By how many dollars it may grow while it is acknowledged; empty is until it doubles.
    #[server(default)]
    grows_by: String,
    /// The button that was pressed.
    action: String,
) -> Result<(), ApiError> {
    use model::alert::hold::Person;
    crate::context::may_change()?;
    /// Rules write to open alerts every few seconds: losing one race is ordinary, losing five is not.
    const ATTEMPTS_MAX: usize = 5;
    let (services, now) = (crate::context::services()?, crate::context::now()?);
    let db = &services.pools.jobs;
    let person = Person::new(&by, &note).map_err(refused)?;
    let act = Act::read(&action, &until, &grows_by, now)?;
    for _ in 0..ATTEMPTS_MAX {
        let alert = store::alerts::get(db, id).await?.ok_or_else(|| ApiError::NotFound("alert".into()))?;
        let (changed, entry) = act.on(&alert, &person, now).map_err(refused)?;
        if store::alerts::update(db, &changed, Some(&entry)).await? {
            crate::context::set_cookie(crate::context::WHO_COOKIE, person.by());
            return Ok(());
        }
    }
    Err(ApiError::Unavailable)
}

#[cfg(feature = "ssr")]
use self::on_the_server::{Act, refused};

#[cfg(feature = "ssr")]
mod on_the_server {
    use chrono::{DateTime, Utc};
    use model::alert::hold::{self, HoldError, Person, Quiet};
    use model::alert::{Alert, HistoryEntry};

    use crate::error::ApiError;

    /// What is to be done.
    pub enum Act {
        Acknowledge(Quiet),
        Snooze(DateTime<Utc>),
        Undo,
        Resolve,
    }

    impl Act {
        /// The fields of the form, of which each button reads its own.
        pub fn read(action: &str, until: &str, grows_by: &str, now: DateTime<Utc>) -> Result<Self, ApiError> {
            let until = match until {
                "" => None,
                text => {
                    Some(model::time::parse_point(text, now).map_err(|error| ApiError::Invalid(error.to_string()))?)
                }
            };
            match action {
                "acknowledge" => {
                    let grows_by = match grows_by.trim().trim_start_matches('$') {
                        "" => None,
                        text => Some(
                            text.parse().map_err(|error| ApiError::Invalid(format!("Until it grows by: {error}.")))?,
                        ),
                    };
                    Ok(Self::Acknowledge(Quiet { until, grows_by }))
                }
                "snooze" => until
                    .map(Self::Snooze)
                    .ok_or_else(|| ApiError::Invalid("A snooze needs an end. Choose one.".into())),
                "undo" => Ok(Self::Undo),
                "resolve" => Ok(Self::Resolve),
                other => Err(ApiError::Invalid(format!("There is no action `{other}`."))),
            }
        }

        pub fn on(
            &self,
            alert: &Alert,
            person: &Person,
            now: DateTime<Utc>,
        ) -> Result<(Alert, HistoryEntry), HoldError> {
            match self {
                Self::Acknowledge(quiet) => hold::acknowledge(alert, person, *quiet, now),
                Self::Snooze(until) => hold::snooze(alert, person, *until, now),
                Self::Undo => hold::undo(alert, person, now),
                Self::Resolve => hold::resolve(alert, person, now),
            }
        }
    }

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
}
