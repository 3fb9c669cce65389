//! What the URL asks of the list of refused spans: which class of reasons, whose, from where on.

use leptos_router::params::ParamsMap;
use model::rejected::{Filter, Reason};

use crate::error::ApiError;
use crate::url_state::encode;

/// The page's address, at its list.
const PATH: &str = "/ingest";

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUrl {
    /// Which lines; an error when the URL cannot be meant as written.
    pub filter: Result<Filter, ApiError>,
}

impl ListUrl {
    /// Reads the query string of the page.
    pub fn read(query: &ParamsMap) -> Self {
        let value = |key| query.get_str(key).filter(|value| !value.is_empty());
        Self { filter: parse(value("before"), value("class"), value("sender")) }
    }

    /// The list with this class of reasons only, or with all when it is chosen already.
    pub fn toggled(&self, class: Reason) -> String {
        let now = self.known();
        let class = if now.class == Some(class) { None } else { Some(class) };
        address(&Filter { before: None, class, ..now })
    }

    /// The list from this line on, or from the newest.
    pub fn page(&self, before: Option<i64>) -> String {
        address(&Filter { before, ..self.known() })
    }

    /// What is asked for, or everything when that cannot be read.
    pub fn known(&self) -> Filter {
        self.filter.clone().unwrap_or_default()
    }
}

/// The list of what was refused of one sender.
pub fn of_sender(name: &str) -> String {
    address(&Filter { sender: Some(name.to_owned()), ..Filter::default() })
}

/// The whole list.
pub fn everything() -> String {
    address(&Filter::default())
}

fn parse(before: Option<&str>, class: Option<&str>, sender: Option<&str>) -> Result<Filter, ApiError> {
    let before = before.map(|text| {
        text.parse().map_err(|_| ApiError::Invalid(format!("Expected the number of a line in `before`, got “{text}”.")))
    });
    let class = class.map(|text| {
        let found = Reason::ALL.iter().copied().find(|class| class.as_str() == text);
        found.ok_or_else(|| ApiError::Invalid(format!("There is no class of reasons called “{text}”.")))
    });
    Ok(Filter { before: before.transpose()?, class: class.transpose()?, sender: sender.map(str::to_owned) })
}

fn address(filter: &Filter) -> String {
    let pairs = [
        filter.class.map(|class| ("class", class.as_str().to_owned())),
        filter.sender.as_ref().map(|sender| ("sender", encode(sender))),
        filter.before.map(|before| ("before", before.to_string())),
    ];
    let pairs: Vec<String> = pairs.into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    format!("{PATH}{query}#refused")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(address: &str) -> ListUrl {
        let query = address.trim_end_matches("#refused").trim_start_matches(PATH).trim_start_matches('?');
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        ListUrl::read(
            &pairs.map(|(key, value)| (key.to_owned(), value.replace("%20", " ").replace("%2F", "/"))).collect(),
        )
    }

    #[test]
    fn a_list_survives_its_address() {
        let filter = Filter { before: Some(7), class: Some(Reason::BadId), sender: Some("curl/8 from ::1".into()) };
        assert_eq!(read(&address(&filter)).filter, Ok(filter.clone()));
        assert_eq!(read(&everything()).filter, Ok(Filter::default()));
        let url = ListUrl { filter: Ok(filter.clone()) };
        assert_eq!(read(&url.toggled(Reason::BadId)).known(), Filter { before: None, class: None, ..filter.clone() });
        assert_eq!(read(&url.page(None)).known(), Filter { before: None, ..filter });
    }

    #[test]
    fn an_address_that_makes_no_sense_says_so() {
        for (before, class) in [(Some("soon"), None), (None, Some("moon"))] {
            assert!(matches!(parse(before, class, None), Err(ApiError::Invalid(_))));
        }
    }
}
