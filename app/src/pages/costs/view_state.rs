//! The costs page as its URL says it.

use leptos_router::params::ParamsMap;
use model::cost::Dimension;

use crate::charts::spend::Shape;
use crate::colour::Kind;
use crate::url_state::{self, RangeChoice};

/// The range without a word in the URL.
const DEFAULT_SECONDS: i64 = 14 * 86_400;

/// What the page can be grouped by, with its name and the name of what has no key.
pub const DIMENSIONS: [(Dimension, &str, &str); 6] = [
    (Dimension::Tenant, "Tenant", "unattributed"),
    (Dimension::Service, "Service", "no service"),
    (Dimension::Capability, "Capability", "no capability"),
    (Dimension::Model, "Model", "not a model call"),
    (Dimension::User, "User", "no user"),
    (Dimension::DataTag, "Data tag", "untagged"),
];

/// Everything the URL decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewState {
    /// When; or what is wrong with it.
    pub range: Result<RangeChoice, String>,
    /// Grouped by what.
    pub by: Dimension,
    /// How the chart is drawn.
    pub shape: Shape,
    /// The chart's figures are shown as a table.
    pub table: bool,
    /// The books are checked and shown.
    pub books: bool,
}

impl ViewState {
    /// Reads a query string; what it does not know means the default.
    pub fn from_query(query: &ParamsMap) -> Self {
        let known = |dimension: &Dimension| DIMENSIONS.iter().any(|(each, ..)| each == dimension);
        Self {
            range: RangeChoice::from_query(query, DEFAULT_SECONDS),
            by: query.get_str("group_by").and_then(Dimension::parse).filter(known).unwrap_or(Dimension::Tenant),
            shape: match query.get_str("chart") {
                Some("lines") => Shape::Lines,
                Some("share") => Shape::Share,
                _ => Shape::Stacked,
            },
            table: query.get_str("table").is_some(),
            books: query.get_str("books").is_some(),
        }
    }

    /// Its address.
    pub fn href(&self) -> String {
        let range = self.range.as_ref().map_or_else(|_| String::new(), |range| format!("{}&", range.to_query()));
        format!(
            "/costs?{range}{}",
            self.pairs().iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
        )
    }

    /// Query pairs besides the range.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let chart = match self.shape {
            Shape::Stacked => None,
            Shape::Lines => Some(("chart", "lines")),
            Shape::Share => Some(("chart", "share")),
        };
        let switches = [self.table.then_some(("table", "1")), self.books.then_some(("books", "1"))];
        let by = [Some(("group_by", self.by.as_str())), chart];
        by.into_iter().chain(switches).flatten().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    /// The range, the default when the URL's makes no sense.
    pub fn range_or_default(&self) -> RangeChoice {
        self.range.clone().unwrap_or(RangeChoice::Last(DEFAULT_SECONDS))
    }
}

/// The name of a dimension.
pub fn dimension_name(by: Dimension) -> &'static str {
    DIMENSIONS.iter().find(|(each, ..)| *each == by).map_or("", |(_, name, _)| name)
}

/// The name of a group.
pub fn group_name(by: Dimension, key: Option<&str>) -> String {
    let without = DIMENSIONS.iter().find(|(each, ..)| *each == by).map_or("none", |(.., without)| without);
    key.unwrap_or(without).to_owned()
}

/// Whose colours a dimension's groups have.
pub const fn kind(by: Dimension) -> Kind {
    match by {
        Dimension::Service => Kind::Service,
        Dimension::Model => Kind::Model,
        Dimension::Tenant | Dimension::Total => Kind::Tenant,
        Dimension::Capability | Dimension::User | Dimension::DataTag => Kind::Label,
    }
}

/// The traces of a group, dearest first; `None` when traces cannot be told apart by it.
pub fn traces_href(by: Dimension, key: Option<&str>, range: RangeChoice) -> Option<String> {
    let parameter = match by {
        Dimension::Tenant => "tenant",
        Dimension::Service => "service",
        Dimension::Model => "model",
        Dimension::User => "user",
        Dimension::Capability | Dimension::DataTag | Dimension::Total => return None,
    };
    Some(format!("/traces?{}&order=cost&{parameter}={}", range.to_query(), url_state::encode(key?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(href: &str) -> ViewState {
        let mut query = ParamsMap::new();
        for (key, value) in href.split_once('?').unwrap().1.split('&').filter_map(|pair| pair.split_once('=')) {
            query.insert(key.to_owned(), value.to_owned());
        }
        ViewState::from_query(&query)
    }

    #[test]
    fn a_view_survives_its_address() {
        for href in ["/costs?from=-24h&group_by=model", "/costs?from=-7d&group_by=user&chart=share&table=1&books=1"] {
            assert_eq!(parse(href).href(), href);
        }
    }

    #[test]
    fn an_unknown_dimension_means_tenants() {
        assert_eq!(parse("/costs?group_by=total").by, Dimension::Tenant);
        assert_eq!(parse("/costs?group_by=planets").by, Dimension::Tenant);
    }
}
