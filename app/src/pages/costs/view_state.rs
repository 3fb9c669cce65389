//! The costs page as its URL says it.

use leptos_router::params::ParamsMap;
use model::cost::{Dimension, Facet, Grouping};

use super::sort::Sort;
use super::zoom::Zoom;
use crate::charts::spend::Shape;
use crate::colour::Kind;
use crate::url_state::{RangeChoice, encode};

/// The range without a word in the URL.
pub const DEFAULT_SECONDS: i64 = 14 * 86_400;

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
    /// Grouped by what; the total when only an attribute is asked for.
    pub by: Dimension,
    /// What the breakdown is taken apart by besides.
    pub also: Option<Facet>,
    /// Order of the breakdown.
    pub sort: Sort,
    /// How the chart is drawn.
    pub shape: Shape,
    /// The chart's figures are shown as a table.
    pub table: bool,
    /// The range before is drawn as well.
    pub previous: bool,
    /// Where the range was zoomed in from.
    pub zoom: Zoom,
}

impl ViewState {
    /// Reads a query string; what it does not know means the default.
    pub fn from_query(query: &ParamsMap) -> Self {
        let (by, also) = grouped(query);
        Self {
            range: RangeChoice::from_query(query, DEFAULT_SECONDS),
            by,
            also,
            sort: query.get_str("sort").map(Sort::parse).unwrap_or_default(),
            shape: match query.get_str("chart") {
                Some("lines") => Shape::Lines,
                Some("share") => Shape::Share,
                _ => Shape::Stacked,
            },
            table: query.get_str("table").is_some(),
            previous: query.get_str("compare") != Some("none"),
            zoom: Zoom::from_query(query),
        }
    }

    /// What the breakdown is grouped by.
    pub fn grouping(&self) -> Grouping {
        match (&self.also, self.by) {
            (Some(also), Dimension::Total) => Grouping { first: also.clone(), second: None },
            // The chart was turned to what the breakdown was taken apart by.
            (Some(Facet::Dimension(also)), by) if *also == by => Grouping::by(by),
            (also, by) => Grouping { first: Facet::Dimension(by), second: also.clone() },
        }
    }

    /// Its address.
    pub fn href(&self) -> String {
        let range = self.range.as_ref().map_or_else(|_| String::new(), |range| format!("{}&", range.to_query()));
        format!("/costs?{range}{}", self.without_range())
    }

    /// Its address without the range, for whoever adds another one: a range that was chosen in this one.
    pub fn zoomed(&self) -> String {
        let inside = Self { zoom: self.zoom.after(self.range_or_default()), ..self.clone() };
        format!("/costs?{}&", inside.without_range())
    }

    /// The view this one was zoomed in from.
    pub fn zoomed_out(&self) -> Option<Self> {
        let (range, zoom) = self.zoom.back()?;
        Some(Self { range: Ok(range), zoom, ..self.clone() })
    }

    fn without_range(&self) -> String {
        // A comma stands for itself in a query.
        let pair = |(key, value): (String, String)| format!("{key}={}", encode(&value).replace("%2C", ","));
        self.pairs().into_iter().chain(self.zoom.pair()).map(pair).collect::<Vec<_>>().join("&")
    }

    /// Query pairs besides the range and what it was zoomed in from: they go with any other range.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let chart = match self.shape {
            Shape::Stacked => None,
            Shape::Lines => Some("lines"),
            Shape::Share => Some("share"),
        };
        let chart = chart.map(|word| ("chart", word.to_owned()));
        let table = self.table.then(|| ("table", "1".to_owned()));
        let sort = (self.sort != Sort::default()).then(|| ("sort", self.sort.to_string()));
        let compare = (!self.previous).then(|| ("compare", "none".to_owned()));
        let all = [Some(("group_by", self.grouping().to_string())), sort, chart, table, compare];
        all.into_iter().flatten().map(|(key, value)| (key.to_owned(), value)).collect()
    }

    /// The range, the default when the URL's makes no sense.
    pub fn range_or_default(&self) -> RangeChoice {
        self.range.clone().unwrap_or(RangeChoice::Last(DEFAULT_SECONDS))
    }
}

/// `group_by`, or its first word with a field of its own for the second, as forms send it.
fn grouped(query: &ParamsMap) -> (Dimension, Option<Facet>) {
    let known = |facet: &Facet| facet.dimension().is_none_or(|by| DIMENSIONS.iter().any(|(each, ..)| *each == by));
    let attribute = query.get_str("attribute").map(str::trim).filter(|name| !name.is_empty());
    let asked = query.get_str("group_by").unwrap_or("tenant");
    let asked = match attribute {
        Some(name) => format!("{},attribute:{name}", asked.split(',').next().unwrap_or("tenant")),
        None => asked.to_owned(),
    };
    match Grouping::parse(&asked).ok().filter(|grouping| grouping.facets().all(known)) {
        Some(Grouping { first: Facet::Dimension(by), second }) => (by, second),
        Some(Grouping { first, .. }) => (Dimension::Total, Some(first)),
        None => (Dimension::Tenant, None),
    }
}

/// The name of a dimension.
pub fn dimension_name(by: Dimension) -> &'static str {
    DIMENSIONS.iter().find(|(each, ..)| *each == by).map_or("Total", |(_, name, _)| name)
}

/// The name of what the breakdown is taken apart by.
pub fn facet_name(facet: &Facet) -> String {
    match facet {
        Facet::Dimension(dimension) => dimension_name(*dimension).to_owned(),
        Facet::Attribute(name) => name.clone(),
    }
}

/// The name of a group.
pub fn group_name(by: Dimension, key: Option<&str>) -> String {
    let without = DIMENSIONS.iter().find(|(each, ..)| *each == by).map_or("all spend", |(.., without)| without);
    key.unwrap_or(without).to_owned()
}

/// The name of a value of a facet.
pub fn value_name(facet: &Facet, key: Option<&str>) -> String {
    match facet {
        Facet::Dimension(dimension) => group_name(*dimension, key),
        Facet::Attribute(name) => key.map_or_else(|| format!("no {name}"), str::to_owned),
    }
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
        for href in [
            "/costs?from=-24h&group_by=model",
            "/costs?from=-7d&group_by=user&chart=share&table=1",
            "/costs?from=-24h&group_by=tenant,model&sort=change",
            "/costs?from=-24h&group_by=attribute:region&sort=-spans",
            "/costs?from=-24h&group_by=model&compare=none",
        ] {
            assert_eq!(parse(href).href(), href);
        }
    }

    #[test]
    fn the_range_before_is_drawn_unless_the_address_says_otherwise() {
        assert!(parse("/costs?group_by=model").previous && parse("/costs?compare=previous").previous);
        assert!(!parse("/costs?compare=none").previous);
    }

    #[test]
    fn zooming_in_keeps_the_view_and_leads_back_to_it() {
        let state = parse("/costs?from=-7d&group_by=model&chart=lines");
        assert_eq!(state.zoomed(), "/costs?group_by=model&chart=lines&wide=-7d&");
        let inside = ViewState { zoom: state.zoom.after(state.range_or_default()), ..state.clone() };
        assert_eq!(inside.zoomed_out().map(|out| out.href()), Some(state.href()));
        assert_eq!(state.zoomed_out(), None);
    }

    #[test]
    fn a_breakdown_is_never_by_one_thing_twice() {
        let state = ViewState { by: Dimension::Model, ..parse("/costs?group_by=tenant,model") };
        assert_eq!(state.grouping(), Grouping::by(Dimension::Model));
    }

    #[test]
    fn an_unknown_grouping_means_tenants() {
        for text in ["total", "planets", "tenant,total", "tenant,tenant", "attribute:"] {
            let state = parse(&format!("/costs?group_by={text}"));
            assert_eq!((state.by, state.also), (Dimension::Tenant, None), "{text}");
        }
    }

    #[test]
    fn an_attribute_of_a_form_takes_the_place_of_the_second() {
        let state = parse("/costs?group_by=model,user&attribute=region");
        assert_eq!(state.grouping().to_string(), "model,attribute:region");
        assert_eq!(parse("/costs?group_by=user&attribute=").grouping().to_string(), "user");
    }
}
