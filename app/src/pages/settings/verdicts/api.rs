//! What the page asks of the server, and what people do on it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::ruling::{Again, Override};
use serde::{Deserialize, Serialize};

use crate::error::ApiError;

/// What there is to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdicts {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// Those in force, the newest first.
    pub in_force: Vec<Override>,
    /// Those that were taken away last.
    pub taken_away: Vec<Override>,
    /// What was settled again, the newest first.
    pub runs: Vec<Again>,
    /// Traces that wait for the finaliser.
    pub waiting: i64,
    /// The name this browser used last, for the forms.
    pub who: String,
}

/// All overrides, and what was settled again because of them.
pub async fn load_verdicts() -> Result<Verdicts, ApiError> {
    /// Overrides that were taken away: the API has more.
    const TAKEN_AWAY_MAX: usize = 20;
    /// Runs of the page; the API has more.
    const RUNS_MAX: i64 = 5;
    use store::overrides;
    let services = crate::context::services()?;
    let db = services.pools.readers.get();
    let all = overrides::list(&db, (model::ruling::OVERRIDES_MAX + TAKEN_AWAY_MAX) as i64).await?;
    let (in_force, mut taken_away): (Vec<Override>, Vec<Override>) =
        all.into_iter().partition(|one| one.deleted.is_none());
    taken_away.truncate(TAKEN_AWAY_MAX);
    Ok(Verdicts {
        now: (services.now)(),
        in_force,
        taken_away,
        runs: overrides::again::list(&db, RUNS_MAX).await?,
        waiting: overrides::again::waiting(&db).await?,
        who: crate::context::cookie(crate::context::WHO_COOKIE).unwrap_or_default(),
    })
}

/// Says whether what some spans say they cost counts.
#[server]
pub async fn add_verdict(
    /// Their service; empty is any.
    #[server(default)]
    service: String,
    /// Their instrumentation scope; empty is any.
    #[server(default)]
    scope: String,
    /// Their operation; empty is any.
    #[server(default)]
    operation: String,
    /// `own`, `rolled_up` or `default`.
    ruling: String,
    /// Who says so.
    by: String,
    /// Why.
    #[server(default)]
    note: String,
) -> Result<(), ApiError> {
    crate::context::may_change()?;
    use model::alert::hold::Person;
    use model::ruling::{About, OVERRIDES_MAX, Ruling};
    use store::overrides::Added;
    let services = crate::context::services()?;
    let about = About::new(&service, &scope, &operation).map_err(|error| invalid(&error))?;
    let ruling = Ruling::parse(&ruling).ok_or_else(|| ApiError::Invalid("Choose what is to count.".into()))?;
    let person = Person::new(&by, &note).map_err(|error| invalid(&error))?;
    match store::overrides::add(&services.pools.jobs, &about, ruling, &person, (services.now)()).await? {
        Added::InForce(_) => {
            crate::context::set_cookie(crate::context::WHO_COOKIE, person.by());
            Ok(())
        }
        Added::There => {
            Err(ApiError::Conflict(format!("There is an override about {about} already. Take that away first.")))
        }
        Added::Full => Err(ApiError::Conflict(format!("There are {OVERRIDES_MAX} overrides, as many as may be."))),
    }
}

/// Takes an override away.
#[server]
pub async fn delete_verdict(
    /// Which one.
    id: i64,
    /// Who does.
    by: String,
) -> Result<(), ApiError> {
    crate::context::may_change()?;
    use model::alert::hold::Person;
    let services = crate::context::services()?;
    let person = Person::new(&by, "").map_err(|error| invalid(&error))?;
    if !store::overrides::delete(&services.pools.jobs, id, person.by(), (services.now)()).await? {
        return Err(ApiError::Conflict("Somebody else has taken it away already.".into()));
    }
    crate::context::set_cookie(crate::context::WHO_COOKIE, person.by());
    Ok(())
}

/// Settles traces of the last days again that an override may be about.
#[server]
pub async fn settle_again(
    /// Which override.
    id: i64,
    /// How many days.
    days: i64,
    /// Who asks.
    by: String,
) -> Result<(), ApiError> {
    crate::context::may_change()?;
    use model::alert::hold::Person;
    use model::ruling::AGAIN_DAYS_MAX;
    use model::time::TimeRange;
    let services = crate::context::services()?;
    let (db, now) = (&services.pools.jobs, (services.now)());
    let person = Person::new(&by, "").map_err(|error| invalid(&error))?;
    if !(1..=AGAIN_DAYS_MAX).contains(&days) {
        return Err(ApiError::Invalid(format!("Choose from 1 to {AGAIN_DAYS_MAX} days.")));
    }
    let range = TimeRange::last_seconds(days * 86_400, now);
    match store::overrides::again::start(db, id, range, person.by(), now).await? {
        Some(_) => {
            crate::context::set_cookie(crate::context::WHO_COOKIE, person.by());
            Ok(())
        }
        None => Err(ApiError::Conflict("Traces are being settled again already. Wait until that is done.".into())),
    }
}

/// A reason as a sentence of its own.
#[cfg(feature = "ssr")]
fn invalid(error: &impl std::fmt::Display) -> ApiError {
    let reason = error.to_string();
    let mut letters = reason.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    ApiError::Invalid(format!("{first}{}.", letters.as_str()))
}
