//! What people do on the page. What cannot be taken leads back to the form with all that was typed.

use leptos::prelude::*;

use super::typed::Typed;
use crate::error::ApiError;

/// Makes a rule, or changes the one that is edited.
#[server]
pub async fn save_rule(
    /// The fields.
    typed: Typed,
) -> Result<(), ApiError> {
    use store::alerts::rules::{self, Outcome};
    crate::context::may_change()?;
    let services = crate::context::services()?;
    let Ok((rule, person)) = typed.read() else {
        leptos_axum::redirect(&typed.href());
        return Ok(());
    };
    let (db, now) = (&services.pools.jobs, (services.now)());
    let outcome = match typed.edit.parse() {
        Ok(id) => rules::replace(db, (id, typed.version.parse().ok()), &rule, &person, now).await?,
        Err(_) => rules::make(db, &rule, &person, now).await?,
    };
    // It is written or not; a server that cannot look now does so by itself within seconds.
    let _ = services.alert_rules.look_again().await;
    match outcome {
        Outcome::Done { change, .. } => {
            crate::context::set_cookie(crate::context::WHO_COOKIE, person.by());
            leptos_axum::redirect(&format!("{}?done={change}", super::PATH));
        }
        // The page sees by itself what stands against it.
        Outcome::Gone | Outcome::Newer(_) | Outcome::Taken | Outcome::Full => leptos_axum::redirect(&typed.href()),
    }
    Ok(())
}

/// Deletes a rule that was made here.
#[server]
pub async fn delete_rule(
    /// Its id.
    rule: i64,
    /// The version of it that was seen.
    version: i64,
    /// Who does it.
    by: String,
    /// Why.
    #[server(default)]
    note: String,
) -> Result<(), ApiError> {
    use model::alert::hold::Person;
    use store::alerts::rules::{self, Outcome};
    crate::context::may_change()?;
    let services = crate::context::services()?;
    let person = Person::new(&by, &note).map_err(|error| ApiError::Invalid(format!("Please {error}.")))?;
    let (db, now) = (&services.pools.jobs, (services.now)());
    match rules::delete(db, (rule, Some(version)), &person, now).await? {
        Outcome::Done { change, .. } => {
            // As above.
            let _ = services.alert_rules.look_again().await;
            crate::context::set_cookie(crate::context::WHO_COOKIE, person.by());
            leptos_axum::redirect(&format!("{}?done={change}", super::PATH));
            Ok(())
        }
        Outcome::Newer(now) => Err(ApiError::Conflict(format!("{} changed it meanwhile. Look at it again.", now.by))),
        Outcome::Gone | Outcome::Taken | Outcome::Full => {
            Err(ApiError::Conflict("Somebody else has deleted it already.".into()))
        }
    }
}
