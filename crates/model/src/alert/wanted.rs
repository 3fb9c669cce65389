//! What is looked for in the list of alerts.

use super::{Severity, State};

/// Words that are looked for: more of them say nothing more.
const WORDS_MAX: usize = 8;

/// Which alerts are wanted; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// What was typed: words that all stand in the name of the rule or in a label, or are a label themselves (`tenant=acme`).
    pub text: String,
    /// Only of this severity.
    pub severity: Option<Severity>,
    /// Only in this state.
    pub state: Option<State>,
}

impl Wanted {
    /// What a request names; a severity or a state there is none of says so.
    pub fn read(text: &str, severity: &str, state: &str) -> Result<Self, String> {
        Ok(Self {
            text: text.trim().to_owned(),
            severity: one_of("severity", severity, Severity::ALL, Severity::as_str)?,
            state: one_of("state", state, State::ALL, State::as_str)?,
        })
    }

    /// Whether all alerts are wanted.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// The words, the first few of them.
    pub fn words(&self) -> Vec<&str> {
        self.text.split_whitespace().take(WORDS_MAX).collect()
    }
}

fn one_of<T: Copy>(name: &str, text: &str, all: &[T], as_str: fn(T) -> &'static str) -> Result<Option<T>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let found = all.iter().copied().find(|one| as_str(*one) == text);
    let names = || all.iter().map(|one| as_str(*one)).collect::<Vec<_>>().join(", ");
    found.map(Some).ok_or_else(|| format!("`{name}`: expected one of {}, got `{text}`", names()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_wanted_unless_something_is_named() {
        assert!(Wanted::read("  ", "", "").unwrap().is_all());
        let wanted = Wanted::read("acme tenant=beta", "critical", "snoozed").unwrap();
        assert_eq!((wanted.severity, wanted.state), (Some(Severity::Critical), Some(State::Snoozed)));
        assert_eq!(wanted.words(), ["acme", "tenant=beta"]);
    }

    #[test]
    fn what_there_is_none_of_is_answered_with_what_there_is() {
        let told = Wanted::read("", "fatal", "").unwrap_err();
        assert_eq!(told, "`severity`: expected one of info, warning, critical, got `fatal`");
        assert!(Wanted::read("", "", "open").unwrap_err().contains("firing, acknowledged, snoozed"));
    }
}
