//! The list's URL: what it asks for, and the addresses of its neighbours.

use chrono::DateTime;
use leptos_router::params::ParamsMap;
use model::trace::filter::{Cursor, FilterError, Order, TraceFilter};

use crate::url_state::{RangeChoice, encode};

/// Path of the page.
pub const PATH: &str = "/traces";

/// What the list shows when no range is asked for.
const DEFAULT_RANGE_SECONDS: i64 = 3_600;

/// A condition: parameter and value.
pub type Condition = (String, String);

/// What the URL asks for, in the order it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListUrl {
    /// `from` and `to` as they were written, so that a link keeps meaning "the last hour".
    range: Vec<Condition>,
    /// What narrows the list; typed text is taken apart into these.
    pub conditions: Vec<Condition>,
    /// Order of the list.
    pub order: Order,
    /// This is not the first page.
    pub is_continued: bool,
    /// What of the URL cannot be read.
    pub error: Option<FilterError>,
}

impl ListUrl {
    /// Reads the query string of the page.
    pub fn read(query: &ParamsMap) -> Self {
        Self::from_pairs(query.into_iter().map(|(key, value)| (key.to_string(), value.to_owned())))
    }

    fn from_pairs(pairs: impl IntoIterator<Item = Condition>) -> Self {
        let (range, rest): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .filter(|(_, value)| !value.trim().is_empty())
            .partition(|(key, _)| key == "from" || key == "to");
        let is_continued = rest.iter().any(|(key, _)| key == "cursor");
        let rest = rest.into_iter().filter(|(key, _)| key != "cursor");
        // Without a range, nothing that is read depends on the time.
        match TraceFilter::from_query(rest, DateTime::UNIX_EPOCH) {
            Ok(filter) => {
                let conditions = filter.conditions().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
                Self { range, conditions, order: filter.order, is_continued, error: None }
            }
            Err(error) => Self { range, error: Some(error), ..Self::default() },
        }
    }

    /// The range for the picker; one that cannot be read is told of where the list would be.
    pub fn range(&self) -> RangeChoice {
        let query: ParamsMap = self.range.iter().cloned().collect();
        RangeChoice::from_query(&query, DEFAULT_RANGE_SECONDS).unwrap_or(RangeChoice::Last(DEFAULT_RANGE_SECONDS))
    }

    /// The value of a condition, if there is one.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.conditions.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Whether this is a condition in force.
    pub fn has(&self, key: &str, value: &str) -> bool {
        self.conditions.iter().any(|(name, set)| name == key && set == value)
    }

    /// The pairs that stay when the range changes.
    pub fn keep_for_range(&self) -> Vec<Condition> {
        self.conditions.iter().cloned().chain(self.order_pair()).collect()
    }

    /// The pairs that stay when conditions are typed or filled in: range and order.
    pub fn keep_for_conditions(&self) -> Vec<Condition> {
        self.range.iter().cloned().chain(self.order_pair()).collect()
    }

    /// The list without this condition.
    pub fn without(&self, key: &str, value: &str) -> String {
        let rest = self.conditions.iter().filter(|(name, set)| name != key || set != value);
        self.address(rest.cloned(), self.order, None)
    }

    /// The list with this condition on or off, whichever it is not.
    pub fn toggled(&self, key: &str, value: &str) -> String {
        if self.has(key, value) {
            return self.without(key, value);
        }
        // Services and tenants add up, anything else can have only one value.
        let repeats = key == "service" || key == "tenant";
        let others = self.conditions.iter().filter(|(name, _)| repeats || name != key).cloned();
        self.address(others.chain([(key.to_owned(), value.to_owned())]), self.order, None)
    }

    /// The list without any condition.
    pub fn unfiltered(&self) -> String {
        self.address([], self.order, None)
    }

    /// The list in another order.
    pub fn ordered(&self, order: Order) -> String {
        self.address(self.conditions.iter().cloned(), order, None)
    }

    /// The first page, or the one that begins at `cursor`.
    pub fn page(&self, cursor: Option<Cursor>) -> String {
        self.address(self.conditions.iter().cloned(), self.order, cursor)
    }

    /// The same list over the seconds before now.
    pub fn over_last(&self, seconds: i64) -> String {
        let wider = Self { range: Vec::new(), ..self.clone() };
        let address = wider.page(None);
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}{}", RangeChoice::Last(seconds).to_query())
    }

    fn order_pair(&self) -> Option<Condition> {
        (self.order != Order::default()).then(|| ("order".to_owned(), self.order.as_str().to_owned()))
    }

    fn address(&self, conditions: impl IntoIterator<Item = Condition>, order: Order, cursor: Option<Cursor>) -> String {
        let order = Self { order, ..Self::default() }.order_pair();
        let cursor = cursor.map(|cursor| ("cursor".to_owned(), cursor.to_string()));
        let pairs = self.range.iter().cloned().chain(conditions).chain(order).chain(cursor);
        let query: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", encode(&value))).collect();
        if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", query.join("&")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(pairs: &[(&str, &str)]) -> ListUrl {
        ListUrl::from_pairs(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn a_condition_is_added_and_taken_away_and_the_rest_stays() {
        let list = url(&[("from", "-24h"), ("service", "shop"), ("order", "cost"), ("cursor", "x"), ("theme", "dark")]);
        // The cursor belongs to another list once anything changes.
        assert_eq!(list.toggled("service", "till"), "/traces?from=-24h&service=shop&service=till&order=cost");
        assert_eq!(list.toggled("service", "shop"), "/traces?from=-24h&order=cost");
        assert_eq!(list.toggled("status", "error"), "/traces?from=-24h&service=shop&status=error&order=cost");
        assert!(list.is_continued);
    }

    #[test]
    fn a_condition_with_one_value_is_replaced() {
        assert_eq!(url(&[("status", "ok")]).toggled("status", "error"), "/traces?status=error");
    }

    #[test]
    fn typed_text_becomes_conditions() {
        let list = url(&[("q", "service:shop cost>0.01")]);
        assert_eq!(list.page(None), "/traces?service=shop&min_cost=0.01");
        assert_eq!(list.without("min_cost", "0.01"), "/traces?service=shop");
    }

    #[test]
    fn what_cannot_be_read_is_kept_as_an_error_with_the_range() {
        let list = url(&[("from", "-7d"), ("status", "bad")]);
        assert!(list.error.is_some());
        assert_eq!(list.unfiltered(), "/traces?from=-7d");
        assert_eq!(list.over_last(86_400), "/traces?from=-24h");
    }
}
