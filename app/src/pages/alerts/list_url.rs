//! The address of the list: what of it is shown, and the alert beside it.

use model::alert::wanted::Wanted;

use crate::error::ApiError;
use crate::url_state::encode;

/// What the address says, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListUrl {
    /// Words to find.
    pub q: String,
    /// Only of this severity; empty is any.
    pub severity: String,
    /// Only in this state; empty is any.
    pub state: String,
}

impl ListUrl {
    /// Reads the values of a query.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let read = |key| get(key).unwrap_or_default().trim().to_owned();
        Self { q: read("q"), severity: read("severity"), state: read("state") }
    }

    /// What is to be found.
    pub fn wanted(&self) -> Result<Wanted, ApiError> {
        Wanted::read(&self.q, &self.severity, &self.state).map_err(ApiError::Invalid)
    }

    /// Whether more is asked for than words.
    pub const fn is_filtered(&self) -> bool {
        !self.severity.is_empty() || !self.state.is_empty()
    }

    /// The list with this alert beside it.
    pub fn href(&self, id: Option<i64>) -> String {
        let path = id.map_or_else(|| "/alerts".to_owned(), |id| format!("/alerts/{id}"));
        let pairs = [("q", &self.q), ("severity", &self.severity), ("state", &self.state)];
        let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        let query: Vec<String> = given.map(|(key, value)| format!("{key}={}", encode(value))).collect();
        if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_shown_and_is_read_as_it_was_written() {
        let url = ListUrl { q: "acme & co".into(), severity: "critical".into(), state: String::new() };
        assert_eq!(url.href(Some(7)), "/alerts/7?q=acme%20%26%20co&severity=critical");
        let read = ListUrl::read(|key| match key {
            "q" => Some(" acme & co ".into()),
            "severity" => Some("critical".into()),
            _ => None,
        });
        assert_eq!(read, url);
        assert_eq!(ListUrl::default().href(None), "/alerts");
        assert!(ListUrl { state: "open".into(), ..url }.wanted().is_err());
    }
}
