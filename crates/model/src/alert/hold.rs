//! What people do to an alert: acknowledge it, snooze it, resolve it.
//!
//! Each function gives the alert as it is afterwards and the line for its history, or says who was first.
//! What a hold means as time passes and values grow is [`super::machine`]'s business.

use chrono::{DateTime, Utc};

use super::{Alert, HistoryEntry, Hold, State};

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
    /// It is over; a new breach opens a new alert.
    #[error("it is already resolved")]
    Resolved,
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
}

/// Takes the alert: quiet until `until`, or until it resolves; it fires again when its value doubles. Taking over from a
/// snooze is allowed, taking over from somebody else who has taken it is not.
pub fn acknowledge(
    alert: &Alert,
    person: &Person,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(Alert, HistoryEntry), HoldError> {
    check_free(alert, person, &[State::Acknowledged])?;
    held(alert, person, State::Acknowledged, until, now)
}

/// Silences the alert until `until`, whatever its value does. Not allowed over somebody else's hold.
pub fn snooze(
    alert: &Alert,
    person: &Person,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(Alert, HistoryEntry), HoldError> {
    check_free(alert, person, &[State::Acknowledged, State::Snoozed])?;
    held(alert, person, State::Snoozed, Some(until), now)
}

/// Closes the alert; if its condition still holds, the rule opens a new one.
pub fn resolve(alert: &Alert, person: &Person, now: DateTime<Utc>) -> Result<(Alert, HistoryEntry), HoldError> {
    check_free(alert, person, &[])?;
    let resolved = Alert { state: State::Resolved, resolved_at: Some(now), hold: None, ..alert.clone() };
    Ok((resolved, entry(person, State::Resolved, None, now)))
}

fn check_free(alert: &Alert, person: &Person, taken: &[State]) -> Result<(), HoldError> {
    if alert.state == State::Resolved {
        return Err(HoldError::Resolved);
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
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(Alert, HistoryEntry), HoldError> {
    if until.is_some_and(|until| until <= now) {
        return Err(HoldError::Past);
    }
    let hold = Hold {
        by: person.by.clone(),
        note: person.note.clone(),
        at: now,
        until,
        count: alert.observation.count,
        peak: alert.observation.peak,
    };
    Ok((Alert { state, hold: Some(hold), ..alert.clone() }, entry(person, state, until, now)))
}

const fn word(state: State) -> &'static str {
    match state {
        State::Firing => "reopened",
        State::Acknowledged => "acknowledged",
        State::Snoozed => "snoozed",
        State::Resolved => "resolved",
    }
}

fn entry(person: &Person, state: State, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> HistoryEntry {
    let what = match state {
        State::Firing => "Reopened",
        State::Acknowledged => "Acknowledged",
        State::Snoozed => "Snoozed",
        State::Resolved => "Resolved",
    };
    let until = until.map(|until| until.format(" until %-d %b %H:%M UTC").to_string()).unwrap_or_default();
    let note = if person.note.is_empty() { String::new() } else { format!(": {}", person.note) };
    HistoryEntry { at: now, state, by: Some(person.by.clone()), text: format!("{what}{until}{note}") }
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

    #[test]
    fn who_comes_second_is_told_who_was_first() {
        let (taken, entry) = acknowledge(&a_firing_alert(), &person("Ines"), Some(NOW + TimeDelta::hours(2)), NOW)
            .expect("a firing alert can be taken");
        assert_eq!(taken.hold.as_ref().map(|hold| hold.count), Some(131));
        assert_eq!(entry.text, "Acknowledged until 1 Jan 02:00 UTC: looking");
        let refused = acknowledge(&taken, &person("Mara"), None, NOW).expect_err("it is taken");
        assert_eq!(refused.to_string(), "Ines acknowledged it at 00:00:00 UTC");
        assert!(snooze(&taken, &person("Mara"), NOW + TimeDelta::hours(1), NOW).is_err());
        assert!(acknowledge(&taken, &person("Ines"), None, NOW).is_ok(), "her own hold she may change");
    }

    #[test]
    fn a_snoozed_alert_can_be_taken_and_a_resolved_one_cannot() {
        let (snoozed, _) = snooze(&a_firing_alert(), &person("Ines"), NOW + TimeDelta::hours(1), NOW).expect("free");
        assert!(acknowledge(&snoozed, &person("Mara"), None, NOW).is_ok());
        let (resolved, _) = resolve(&snoozed, &person("Mara"), NOW).expect("open");
        assert_eq!(resolved.resolved_at, Some(NOW));
        assert_eq!(acknowledge(&resolved, &person("Mara"), None, NOW), Err(HoldError::Resolved));
    }

    #[test]
    fn a_hold_needs_a_name_and_an_end_in_the_future() {
        assert_eq!(Person::new("  ", ""), Err(HoldError::Nobody));
        assert_eq!(Person::new("Ines", &"x".repeat(NOTE_CHARS_MAX + 1)), Err(HoldError::LongNote));
        assert_eq!(snooze(&a_firing_alert(), &person("Ines"), NOW, NOW), Err(HoldError::Past));
    }
}
