//! What is compared, in which order rows come, and which of them are shown: all of it in the address.

use std::fmt;
use std::str::FromStr;

use leptos_router::params::ParamsMap;
use model::space::Within;
use model::trace::TraceSummary;
use model::{SpanId, TraceId};
use serde::{Deserialize, Serialize};

use crate::islands::waterfall::links::TraceUrl;
use crate::url_state::encode;

/// Path of the page.
pub const PATH: &str = "/traces/compare";

/// Stands between a trace id and the tenant in whose own space it is.
const WITHIN: char = '~';

/// A trace as an address names it: `id`, `id~tenant` in the space of a tenant, `id~` in the shared one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRef {
    /// Its id.
    pub trace_id: TraceId,
    /// Where it is looked for.
    pub within: Within,
}

/// How rows are ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sorted {
    /// As in the tree.
    #[default]
    Tree,
    /// What differs most first.
    Delta,
}

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompareUrl {
    /// The traces, `a` and `b`, as they were written; the list of traces sends both as `t`.
    pub traces: Vec<String>,
    /// The order of rows.
    pub sorted: Sorted,
    /// The first row shown.
    pub at: usize,
}

impl CompareUrl {
    /// Reads the query string.
    pub fn read(query: &ParamsMap) -> Self {
        let named = ["a", "b"].into_iter().filter_map(|key| query.get(key));
        let chosen = query.get_all("t").unwrap_or_default();
        Self {
            traces: named.chain(chosen).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect(),
            sorted: if query.get_str("sort") == Some("delta") { Sorted::Delta } else { Sorted::Tree },
            at: query.get_str("at").and_then(|text| text.parse().ok()).unwrap_or(0),
        }
    }

    /// The address of this view.
    pub fn href(&self) -> String {
        let traces = ["a", "b"].into_iter().zip(&self.traces).map(|(key, text)| format!("{key}={}", encode(text)));
        let sorted = (self.sorted == Sorted::Delta).then(|| "sort=delta".to_owned());
        let at = (self.at > 0).then(|| format!("at={}", self.at));
        let query: Vec<String> = traces.chain(sorted).chain(at).collect();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", query.join("&")) }
    }

    /// The comparison of these.
    pub fn of(traces: &[&TraceRef]) -> Self {
        Self { traces: traces.iter().map(ToString::to_string).collect(), ..Self::default() }
    }
}

impl TraceRef {
    /// The trace of a line of a list.
    pub fn of(summary: &TraceSummary) -> Self {
        let within = summary.own_space_of().map_or(Within::Anywhere, |tenant| Within::Tenant(tenant.to_owned()));
        Self { trace_id: summary.trace_id, within }
    }

    /// Its page, with a span opened or none.
    pub fn href(&self, span: Option<SpanId>) -> String {
        TraceUrl { within: self.within.clone(), span, ..TraceUrl::default() }.href(self.trace_id)
    }
}

impl fmt::Display for TraceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.within {
            Within::Anywhere => write!(f, "{}", self.trace_id),
            Within::Shared => write!(f, "{}{WITHIN}", self.trace_id),
            Within::Tenant(tenant) => write!(f, "{}{WITHIN}{tenant}", self.trace_id),
        }
    }
}

impl FromStr for TraceRef {
    type Err = <TraceId as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The address of a trace's page is as good as its id.
        let text = text.rsplit_once("/traces/").map_or(text, |(_, rest)| rest);
        let text = text.split(['?', '#']).next().unwrap_or_default();
        let (id, within) = match text.split_once(WITHIN) {
            None => (text, Within::Anywhere),
            Some((id, "")) => (id, Within::Shared),
            Some((id, tenant)) => (id, Within::Tenant(tenant.to_owned())),
        };
        Ok(Self { trace_id: id.trim().to_ascii_lowercase().parse()?, within })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";

    #[test]
    fn a_trace_survives_its_name() {
        for text in [ID.to_owned(), format!("{ID}~"), format!("{ID}~acme robotics")] {
            let read: TraceRef = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
        }
        assert!("not an id".parse::<TraceRef>().is_err());
    }

    #[test]
    fn the_address_of_a_trace_is_as_good_as_its_id() {
        let pasted = format!(" http://127.0.0.1:8080/traces/{ID}?span=0102030405060708");
        assert_eq!(pasted.parse::<TraceRef>().map(|read| read.to_string()), Ok(ID.to_owned()));
    }

    #[test]
    fn a_view_survives_its_address() {
        let url = CompareUrl { traces: vec![ID.to_owned(), format!("{ID}~a&b")], sorted: Sorted::Delta, at: 200 };
        let href = url.href();
        assert_eq!(href, format!("/traces/compare?a={ID}&b={ID}~a%26b&sort=delta&at=200"));
        let query: ParamsMap =
            [("t", ID), ("t", "x")].into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        assert_eq!(CompareUrl::read(&query).traces, [ID, "x"]);
    }
}
