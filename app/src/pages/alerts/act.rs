//! What people do to alerts: one form for one of them, one for several, and the button that was pressed says what.

use leptos::prelude::*;
use model::alert::hold::Person;

use super::deed::{Deed, refused};
use crate::error::ApiError;

/// Alerts that are changed at once, at most: more than the list shows of any one state.
const ALERTS_MAX: usize = 500;

/// Reasons that are told; more of them rarely say anything else.
const REASONS_MAX: usize = 3;

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
    crate::context::may_change()?;
    let (services, now) = (crate::context::services()?, crate::context::now()?);
    let person = Person::new(&by, &note).map_err(refused)?;
    Deed::read(&action, &until, &grows_by, now)?.to(&services.pools.jobs, id, &person, now).await?;
    crate::context::set_cookie(crate::context::WHO_COOKIE, person.by());
    Ok(())
}

/// The same to several alerts, each for itself: what stands against one of them does not keep it from the others.
#[server]
pub async fn hold_alerts(
    /// Which ones: numbers, or lists of numbers with commas.
    #[server(default)]
    ids: Vec<String>,
    /// Who does it.
    by: String,
    /// Until when they are held, as above.
    #[server(default)]
    until: String,
    /// The button that was pressed.
    action: String,
) -> Result<(), ApiError> {
    crate::context::may_change()?;
    let (services, now) = (crate::context::services()?, crate::context::now()?);
    let ids = numbers(&ids)?;
    let person = Person::new(&by, "").map_err(refused)?;
    let deed = Deed::read(&action, &until, "", now)?;
    let mut reasons = Vec::new();
    for id in &ids {
        match deed.to(&services.pools.jobs, *id, &person, now).await {
            Ok(()) => {}
            Err(error @ (ApiError::Conflict(_) | ApiError::NotFound(_) | ApiError::Invalid(_))) => {
                reasons.push(format!("{id}: {error}"));
            }
            Err(error) => return Err(error),
        }
    }
    crate::context::set_cookie(crate::context::WHO_COOKIE, person.by());
    if reasons.is_empty() { Ok(()) } else { Err(ApiError::Conflict(told(ids.len(), &reasons))) }
}

fn numbers(given: &[String]) -> Result<Vec<i64>, ApiError> {
    let texts = given.iter().flat_map(|text| text.split(','));
    let wrong = |text: &str| ApiError::Invalid(format!("“{text}” is no alert."));
    let mut ids: Vec<i64> = texts.map(|text| text.parse().map_err(|_| wrong(text))).collect::<Result<_, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    match ids.len() {
        0 => Err(ApiError::Invalid("No alert was chosen. Choose some.".into())),
        1..=ALERTS_MAX => Ok(ids),
        more => Err(ApiError::Invalid(format!("At most {ALERTS_MAX} alerts are changed at once, not {more}."))),
    }
}

/// `Done to 12 of 14. Not to 7: Mara has acknowledged it already. …`
fn told(all: usize, reasons: &[String]) -> String {
    let more = reasons.len().saturating_sub(REASONS_MAX);
    let more = if more > 0 { format!(" And {more} more.") } else { String::new() };
    let first = reasons.iter().take(REASONS_MAX).map(String::as_str).collect::<Vec<_>>().join(" ");
    format!("Done to {} of {all}. Not to {first}{more}", all - reasons.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_are_named_one_by_one_or_in_lists_and_each_counts_once() {
        let given = |texts: &[&str]| numbers(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(given(&["7", "3,7,5"]), Ok(vec![3, 5, 7]));
        assert!(given(&[]).is_err() && given(&["7;8"]).is_err());
    }

    #[test]
    fn what_was_not_done_is_told_with_the_reasons_of_the_first_few() {
        let reasons: Vec<String> = (1..=5).map(|id| format!("{id}: It is resolved.")).collect();
        let words = "Done to 9 of 14. Not to 1: It is resolved. 2: It is resolved. 3: It is resolved. And 2 more.";
        assert_eq!(told(14, &reasons), words);
    }
}
