//! The map's URL: range, tenant, selected node, colours, and whether it is a picture or a table.

use leptos_router::params::ParamsMap;

use crate::url_state::{RangeChoice, encode};

/// Path of the page.
pub const PATH: &str = "/map";

/// What the map shows when no range is asked for: a day.
const DEFAULT_RANGE_SECONDS: i64 = 86_400;

/// What nodes are coloured by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ColourBy {
    /// Cost per hour.
    #[default]
    Cost,
    /// 95th percentile.
    Latency,
    /// Share of failed calls.
    Errors,
}

impl ColourBy {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Cost, Self::Latency, Self::Errors];

    /// The word in the URL and, capitalised by the style, on the page.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Latency => "latency",
            Self::Errors => "errors",
        }
    }
}

/// What the URL asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapUrl {
    /// The range, or why it cannot be read.
    pub range: Result<RangeChoice, String>,
    /// Whose calls; `None` is everybody's.
    pub tenant: Option<String>,
    /// The selected node: its name, or the beginning of one that was typed.
    pub node: Option<String>,
    /// What nodes are coloured by.
    pub colour: ColourBy,
    /// The table instead of the picture.
    pub as_table: bool,
}

impl MapUrl {
    /// Reads the query string of the page.
    pub fn read(query: &ParamsMap) -> Self {
        let text = |key: &str| query.get_str(key).map(str::trim).filter(|text| !text.is_empty()).map(ToOwned::to_owned);
        let colour = text("color").and_then(|word| ColourBy::ALL.into_iter().find(|colour| colour.as_str() == word));
        Self {
            range: RangeChoice::from_query(query, DEFAULT_RANGE_SECONDS),
            tenant: text("tenant"),
            node: text("node"),
            colour: colour.unwrap_or_default(),
            as_table: text("view").as_deref() == Some("table"),
        }
    }

    /// The range, or the usual one where it cannot be read.
    pub fn range_or_default(&self) -> RangeChoice {
        self.range.clone().unwrap_or(RangeChoice::Last(DEFAULT_RANGE_SECONDS))
    }

    /// Everything but the range, as pairs.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let pairs = [
            ("tenant", self.tenant.clone()),
            ("node", self.node.clone()),
            ("color", (self.colour != ColourBy::default()).then(|| self.colour.as_str().to_owned())),
            ("view", self.as_table.then(|| "table".to_owned())),
        ];
        pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }

    /// The pairs of a form that asks for another `key`.
    pub fn pairs_without(&self, key: &str) -> Vec<(String, String)> {
        let range = self.range_or_default().to_query();
        let range = range.split('&').filter_map(|pair| pair.split_once('='));
        let range = range.map(|(key, value)| (key.to_owned(), value.to_owned()));
        range.chain(self.pairs()).filter(|(name, _)| name != key).collect()
    }

    /// The address of this view.
    pub fn href(&self) -> String {
        let pairs: String = self.pairs().iter().map(|(key, value)| format!("&{key}={}", encode(value))).collect();
        format!("{PATH}?{}{pairs}", self.range_or_default().to_query())
    }

    /// The same map with this node selected, or none.
    pub fn with_node(&self, node: Option<&str>) -> String {
        Self { node: node.map(ToOwned::to_owned), ..self.clone() }.href()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_of_the_map_survives_its_address() {
        let pairs = [("from", "-7d"), ("tenant", "a & b"), ("node", "shop"), ("color", "errors"), ("view", "table")];
        let url = MapUrl::read(&pairs.into_iter().collect());
        assert_eq!(url.href(), "/map?from=-7d&tenant=a%20%26%20b&node=shop&color=errors&view=table");
        assert_eq!(url.with_node(None), "/map?from=-7d&tenant=a%20%26%20b&color=errors&view=table");
        assert_eq!(url.pairs_without("tenant").len(), 4);
    }

    #[test]
    fn an_unknown_colour_is_the_usual_one_and_a_bad_range_is_told() {
        let url = MapUrl::read(&[("color", "taste"), ("from", "-1y")].into_iter().collect());
        assert_eq!(url.colour, ColourBy::Cost);
        assert!(url.range.is_err());
    }
}
