//! What people do to an alert: acknowledge it, snooze it, resolve it.
//!
//! Each function gives the alert as it is afterwards and the line for its history, or says who was first.
//! What a hold means as time passes and values grow is [`super::machine`]'s business.

use chrono::{DateTime, Utc};

use super::query::Query;
use super::{Alert, HistoryEntry, Hold, State};
use crate::usd::Usd;

/// Longest name of a person, in characters: an e-mail address has at most 254.
pub const BY_CHARS_MAX: usize = 254;

/// Longest note, in characters: a note is a sentence or two, the rest belongs into an incident document.
pub const NOTE_CHARS_MAX: usize = 2_000;

/// Who does it and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    by: String,
    note: String,
}

/// Why an alert stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoldError {
    /// Nobody is named.
    #[error("say who: a name of 1 to {BY_CHARS_MAX} characters")]
    Nobody,
    /// The note is too long.
    #[error("a note has at most {NOTE_CHARS_MAX} characters")]
    LongNote,
    /// The hold would be over before it begins.
    #[error("the end must lie in the future")]
    Past,
    /// It was told by how many dollars it may grow, and has none.
    #[error("this alert is not measured in dollars, so it cannot be quiet until it grows by some")]
    NoDollars,
    /// It may grow by nothing.
    #[error("say by how many dollars it may grow: more than 0")]
    NoGrowth,
    /// Somebody was first.
    #[error("{by} {} it at {}", word(*.state), .at.format("%H:%M:%S UTC"))]
    Taken {
        /// Who.
        by: String,
        /// What they did.
        state: State,
        /// When.
        at: DateTime<Utc>,
    },
    /// It has not fired yet.
    #[error("it does not fire yet: its condition has to be true for longer")]
    Pending,
    /// It is over; a new breach opens a new alert.
    #[error("it is already resolved")]
    Resolved,
    /// Nobody holds it, so there is nothing to take back.
    #[error("nobody has acknowledged or snoozed it")]
    NotHeld,
}

impl Person {
    /// A person with a name, trimmed, and a note that may be empty.
    pub fn new(by: &str, note: &str) -> Result<Self, HoldError> {
        let (by, note) = (by.trim(), note.trim());
        if by.is_empty() || by.chars().count() > BY_CHARS_MAX {
            return Err(HoldError::Nobody);
        }
        if note.chars().count() > NOTE_CHARS_MAX {
            return Err(HoldError::LongNote);
        }
        Ok(Self { by: by.to_owned(), note: note.to_owned() })
    }

    /// Who.
    pub fn by(&self) -> &str {
        &self.by
    }

    /// Why; may be empty.
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The note behind what was done, in a line of history.
    fn remark(&self) -> String {
        if self.note.is_empty() { String::new() } else { format!(": {}", self.note) }
    }
}

/// How long an acknowledged alert is quiet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quiet {
    /// Until then; `None` is until it resolves.
    pub until: Option<DateTime<Utc>>,
    /// Until its worst figure is that many dollars more; `None` is until it doubles.
    pub grows_by: Option<Usd>,
}

/// Takes the alert: `quiet` says how long it does not fire. Taking over from a snooze is allowed, taking over from somebody
/// else who has taken it is not.
pub fn acknowledge(
    alert: &Alert,
    person: &Person,
    quiet: Quiet,
    now: DateTime<Utc>,
) -> Result<(Alert, HistoryEntry), HoldError> {
    check_free(alert, person, &[State::Acknowledged])?;
    if let Some(by) = quiet.grows_by {
        if !alert.query_text.parse().is_ok_and(|query: Query| query.is_in_dollars()) {
            return Err(HoldError::NoDollars);
        }
        if by.pico() <= 0 {
            return Err(HoldError::NoGrowth);
        }
    }
    held(alert, person, State::Acknowledged, quiet, now)
}

/// Silences the alert until `until`, whatever its value does. Not allowed over somebody else's hold.
pub fn snooze(
    alert: &Alert,
    person: &Person,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(Alert, HistoryEntry), HoldError> {
    check_free(alert, person, &[State::Acknowledged, State::Snoozed])?;
    held(alert, person, State::Snoozed, Quiet { until: Some(until), grows_by: None }, now)
}

/// Takes an acknowledgement or a snooze back, one's own or another's: the alert fires as before it. History says who did.
pub fn undo(alert: &Alert, person: &Person, now: DateTime<Utc>) -> Result<(Alert, HistoryEntry), HoldError> {
    check_free(alert, person, &[])?;
    let Some(hold) = &alert.hold else { return Err(HoldError::NotHeld) };
    let what = if alert.state == State::Snoozed { "snooze" } else { "acknowledgement" };
    let text = format!("Took {}'s {what} back{}", hold.by, person.remark());
    let entry = HistoryEntry { at: now, state: State::Firing, by: Some(person.by.clone()), text };
    Ok((Alert { state: State::Firing, hold: None, ..alert.clone() }, entry))
}

/// Closes the alert; if its condition still holds, the rule opens a new one.
pub fn resolve(alert: &Alert, person: &Person, now: DateTime<Utc>) -> Result<(Alert, HistoryEntry), HoldError> {
    check_free(alert, person, &[])?;
    let resolved = Alert { state: State::Resolved, resolved_at: Some(now), hold: None, ..alert.clone() };
    Ok((resolved, entry(person, State::Resolved, Quiet::default(), now)))
}

fn check_free(alert: &Alert, person: &Person, taken: &[State]) -> Result<(), HoldError> {
    if alert.state == State::Resolved {
        return Err(HoldError::Resolved);
    }
    if alert.state == State::Pending {
        return Err(HoldError::Pending);
    }
    match &alert.hold {
        Some(hold) if taken.contains(&alert.state) && hold.by != person.by => {
            Err(HoldError::Taken { by: hold.by.clone(), state: alert.state, at: hold.at })
        }
        _ => Ok(()),
    }
}

fn held(
    alert: &Alert,
    person: &Person,
    state: State,
    quiet: Quiet,
    now: DateTime<Utc>,
) -> Result<(Alert, HistoryEntry), HoldError> {
    let Quiet { until, grows_by } = quiet;
    if until.is_some_and(|until| until <= now) {
        return Err(HoldError::Past);
    }
    let hold = Hold {
        by: person.by.clone(),
        note: person.note.clone(),
        at: now,
        until,
        grows_by,
        count: alert.observation.count,
        peak: alert.observation.peak,
    };
    Ok((Alert { state, hold: Some(hold), ..alert.clone() }, entry(person, state, quiet, now)))
}

const fn word(state: State) -> &'static str {
    match state {
        State::Firing => "reopened",
        State::Acknowledged => "acknowledged",
        State::Snoozed => "snoozed",
        State::Resolved => "resolved",
        State::Pending => "put off",
    }
}

fn entry(person: &Person, state: State, quiet: Quiet, now: DateTime<Utc>) -> HistoryEntry {
    let what = match state {
        State::Firing => "Reopened",
        State::Acknowledged => "Acknowledged",
        State::Snoozed => "Snoozed",
        State::Resolved => "Resolved",
        State::Pending => "Put off",
    };
    let until = quiet.until.map(|until| until.format(" until %-d %b %H:%M UTC").to_string()).unwrap_or_default();
    let joint = if quiet.until.is_some() { " or" } else { "" };
    let grows = quiet.grows_by.map(|by| format!("{joint} until it grows by ${by}")).unwrap_or_default();
    let text = format!("{what}{until}{grows}{}", person.remark());
    HistoryEntry { at: now, state, by: Some(person.by.clone()), text }
}

#[cfg(test)]
mod tests {
    use super::super::query::Query;
    use super::super::{Observation, Severity};
    use super::*;
    use chrono::TimeDelta;

    fn a_firing_alert() -> Alert {
        Alert {
            id: 7,
            version: 1,
            rule: "Orphaned Spans".into(),
            of_rule: None,
            runbook: None,
            query_text: format!("{:?}", Query::OrphanSpans),
            threshold: 100,
            window_seconds: 300,
            severity: Severity::Warning,
            state: State::Firing,
            observation: Observation { count: 131, ..Observation::default() },
            peak_count: 131,
            fired_at: DateTime::UNIX_EPOCH,
            last_true_at: DateTime::UNIX_EPOCH,
            resolved_at: None,
            hold: None,
        }
    }

    fn person(by: &str) -> Person {
        Person::new(by, "looking").expect("a valid name")
    }

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    fn until(hours: i64) -> Quiet {
        Quiet { until: Some(NOW + TimeDelta::hours(hours)), grows_by: None }
    }

    #[test]
    fn who_comes_second_is_told_who_was_first() {
        let (taken, entry) =
            acknowledge(&a_firing_alert(), &person("Ines"), until(2), NOW).expect("a firing alert can be taken");
        assert_eq!(taken.hold.as_ref().map(|hold| hold.count), Some(131));
        assert_eq!(entry.text, "Acknowledged until 1 Jan 02:00 UTC: looking");
        let refused = acknowledge(&taken, &person("Mara"), Quiet::default(), NOW).expect_err("it is taken");
        assert_eq!(refused.to_string(), "Ines acknowledged it at 00:00:00 UTC");
        assert!(snooze(&taken, &person("Mara"), NOW + TimeDelta::hours(1), NOW).is_err());
        assert!(acknowledge(&taken, &person("Ines"), Quiet::default(), NOW).is_ok(), "her own hold she may change");
    }

    #[test]
    fn a_snoozed_alert_can_be_taken_and_a_resolved_one_cannot() {
        let (snoozed, _) = snooze(&a_firing_alert(), &person("Ines"), NOW + TimeDelta::hours(1), NOW).expect("free");
        assert!(acknowledge(&snoozed, &person("Mara"), Quiet::default(), NOW).is_ok());
        let (resolved, _) = resolve(&snoozed, &person("Mara"), NOW).expect("open");
        assert_eq!(resolved.resolved_at, Some(NOW));
        assert_eq!(acknowledge(&resolved, &person("Mara"), Quiet::default(), NOW), Err(HoldError::Resolved));
    }

    #[test]
    fn only_what_is_measured_in_dollars_may_grow_by_some() {
        let five = |text: &str| Quiet { grows_by: Some(text.parse().expect("an amount")), ..until(2) };
        let refused = acknowledge(&a_firing_alert(), &person("Ines"), five("5"), NOW);
        assert_eq!(refused, Err(HoldError::NoDollars), "spans");
        let dear = Alert { query_text: "anomaly(cost_usd) by tenant".into(), ..a_firing_alert() };
        assert_eq!(acknowledge(&dear, &person("Ines"), five("0"), NOW), Err(HoldError::NoGrowth));
        let (held, entry) = acknowledge(&dear, &person("Ines"), five("5"), NOW).expect("dollars");
        assert_eq!(held.hold.and_then(|hold| hold.grows_by), Some("5".parse().expect("an amount")));
        assert_eq!(entry.text, "Acknowledged until 1 Jan 02:00 UTC or until it grows by $5: looking");
    }

    #[test]
    fn what_was_held_fires_again_when_that_is_taken_back() {
        let (held, _) = acknowledge(&a_firing_alert(), &person("Ines"), until(2), NOW).expect("free");
        let (back, entry) = undo(&held, &person("Mara"), NOW).expect("held");
        assert_eq!((back.state, &back.hold), (State::Firing, &None));
        assert_eq!(
            (entry.text.as_str(), entry.by.as_deref()),
            ("Took Ines's acknowledgement back: looking", Some("Mara"))
        );
        assert_eq!(undo(&back, &person("Mara"), NOW), Err(HoldError::NotHeld));
        let (over, _) = resolve(&held, &person("Mara"), NOW).expect("open");
        assert_eq!(undo(&over, &person("Mara"), NOW), Err(HoldError::Resolved));
    }

    #[test]
    fn a_hold_needs_a_name_and_an_end_in_the_future() {
        assert_eq!(Person::new("  ", ""), Err(HoldError::Nobody));
        assert_eq!(Person::new("Ines", &"x".repeat(NOTE_CHARS_MAX + 1)), Err(HoldError::LongNote));
        assert_eq!(snooze(&a_firing_alert(), &person("Ines"), NOW, NOW), Err(HoldError::Past));
    }
}
