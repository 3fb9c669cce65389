//! The trace's URL: which view, what is opened, folded and coloured in it, and the addresses of its neighbours.

use model::space::Within;
use model::trace::waterfall::RowKey;
use model::{SpanId, TraceId};
use serde::{Deserialize, Serialize};

use super::look::Look;
use super::tab::Tab;
use super::url_folds::UrlFolds;
use crate::url_state::encode;

/// The keys by which views say what they show, each understood by the view it belongs to alone.
const OPTIONS: [&str; 7] = ["root", "group", "sort", "spans", "like", "page", "format"];

/// Bytes of one of them: ids and words.
const OPTION_BYTES_MAX: usize = 40;

/// What the URL says about the view of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceUrl {
    /// Where the trace is looked for, when several have sent its id.
    pub within: Within,
    /// The view.
    pub tab: Tab,
    /// The opened span.
    pub span: Option<SpanId>,
    /// What is folded.
    pub folds: UrlFolds,
    /// Bars are coloured by cost instead of by service.
    pub by_cost: bool,
    /// The first row shown to a browser without JavaScript.
    pub at: usize,
    /// The list of what was avoidable is shown.
    pub waste: bool,
    /// What is looked for, filtered and zoomed into.
    pub look: Look,
    /// What views say of themselves: keys of `OPTIONS` with their values, in its order.
    pub options: Vec<(String, String)>,
}

impl TraceUrl {
    /// Reads the query string of the page by its keys; what cannot be read is as good as not there.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            within: Within::read(&get),
            tab: Tab::read(get("tab").as_deref()),
            span: get("span").and_then(|text| text.parse().ok()),
            folds: UrlFolds::read(&get),
            by_cost: get("color").as_deref() == Some("cost"),
            at: get("at").and_then(|text| text.parse().ok()).unwrap_or(0),
            waste: get("waste").as_deref() == Some("1"),
            look: Look::read(&get),
            options: OPTIONS
                .into_iter()
                .filter_map(|key| Some((key.to_owned(), get(key).filter(|value| is_option(value))?)))
                .collect(),
        }
    }

    /// The same trace in another view.
    pub fn with_tab(&self, tab: Tab) -> Self {
        Self { tab, ..self.clone() }
    }

    /// What a view says of itself under one of `OPTIONS`.
    pub fn option(&self, key: &str) -> Option<&str> {
        self.options.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The same view with this said under one of `OPTIONS`, or nothing.
    pub fn with_option(&self, key: &str, value: Option<String>) -> Self {
        let get = |name: &str| if name == key { value.clone() } else { self.option(name).map(str::to_owned) };
        let options = OPTIONS.into_iter().filter_map(|name| Some((name.to_owned(), get(name)?)));
        Self { options: options.collect(), ..self.clone() }
    }

    /// The same view with this span opened, or none.
    pub fn with_span(&self, span: Option<SpanId>) -> Self {
        Self { span, ..self.clone() }
    }

    /// The same view with this folded and nothing else.
    pub fn with_folds(&self, folds: UrlFolds) -> Self {
        Self { folds, ..self.clone() }
    }

    /// The same view with the row folded if it is open, opened if it is folded.
    pub fn with_toggled(&self, row: RowKey, is_folded: bool) -> Self {
        self.with_folds(self.folds.toggled(row, is_folded))
    }

    /// The same view with something else looked for, filtered or zoomed into, from its first row on.
    pub fn with_look(&self, look: Look) -> Self {
        Self { look, at: 0, ..self.clone() }
    }

    /// What the address says, as pairs that still have to be encoded.
    pub fn to_query(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<_> =
            self.within.to_query().map(|(key, value)| (key, value.to_owned())).into_iter().collect();
        pairs.extend((self.tab != Tab::Waterfall).then(|| ("tab", self.tab.word().to_owned())));
        pairs.extend(self.span.map(|span| ("span", span.to_string())));
        pairs.extend(self.folds.to_query());
        pairs.extend(self.by_cost.then(|| ("color", "cost".to_owned())));
        pairs.extend((self.at > 0).then(|| ("at", self.at.to_string())));
        pairs.extend(self.waste.then(|| ("waste", "1".to_owned())));
        pairs.extend(self.look.to_query());
        let said = |key: &'static str| Some((key, self.options.iter().find(|(name, _)| name == key)?.1.clone()));
        pairs.extend(OPTIONS.into_iter().filter_map(said));
        pairs
    }

    /// The address of this view of a trace.
    pub fn href(&self, trace_id: TraceId) -> String {
        let pairs = self.to_query().into_iter().map(|(key, value)| format!("{key}={}", encode(&value)));
        let query: Vec<String> = pairs.collect();
        if query.is_empty() { format!("/traces/{trace_id}") } else { format!("/traces/{trace_id}?{}", query.join("&")) }
    }
}

fn is_option(value: &str) -> bool {
    !value.is_empty() && value.len() <= OPTION_BYTES_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> SpanId {
        SpanId::from_bytes([number; 8]).unwrap()
    }

    #[test]
    fn a_view_survives_its_address() {
        let within = Within::Tenant("acme".to_owned());
        let look = Look { find: Some("cost>1".to_owned()), zoom: Some((1_500, 2_000_000)), ..Look::default() };
        let url = TraceUrl {
            within,
            span: Some(id(1)),
            by_cost: true,
            at: 60,
            tab: Tab::Table,
            waste: true,
            look,
            ..TraceUrl::default()
        }
        .with_option("sort", Some("cost".to_owned()))
        .with_option("root", Some("7f".to_owned()))
        .with_toggled(RowKey::Span(id(2)), false)
        .with_toggled(RowKey::Similar(id(3)), true);
        let trace_id = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a".parse().unwrap();
        let href = url.href(trace_id);
        let (_, query) = href.split_once('?').unwrap();
        let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let get = |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| value.replace("%3E", ">"));
        assert_eq!(TraceUrl::read(get), url);
        assert_eq!(url.with_option("sort", None).options, [("root".to_owned(), "7f".to_owned())]);
        assert_eq!(TraceUrl::default().href(trace_id), "/traces/7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a");
    }
}
