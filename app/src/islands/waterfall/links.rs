//! The trace's URL: what is opened, folded and coloured, and the addresses of the neighbours of a view.

use model::space::Within;
use model::{SpanId, TraceId};
use serde::{Deserialize, Serialize};

use crate::url_state::encode;

/// Folded rows a URL names: 100 ids are 1.7 kB; with more, only "everything folded" is written.
pub const FOLDS_IN_URL_MAX: usize = 100;

/// The word for "everything below the children of the top is folded".
pub const FOLD_ALL: &str = "all";

/// What the URL says about the view of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceUrl {
    /// Where the trace is looked for, when several have sent its id.
    pub within: Within,
    /// The opened span.
    pub span: Option<SpanId>,
    /// Ids of folded rows apart by dots, or [`FOLD_ALL`].
    pub fold: String,
    /// Bars are coloured by cost instead of by service.
    pub by_cost: bool,
    /// The first row shown to a browser without JavaScript.
    pub at: usize,
}

impl TraceUrl {
    /// Reads the query string of the page by its keys; what cannot be read is as good as not there.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            within: Within::read(&get),
            span: get("span").and_then(|text| text.parse().ok()),
            fold: get("fold").unwrap_or_default(),
            by_cost: get("color").as_deref() == Some("cost"),
            at: get("at").and_then(|text| text.parse().ok()).unwrap_or(0),
        }
    }

    /// The same view with this span opened, or none.
    pub fn with_span(&self, span: Option<SpanId>) -> Self {
        Self { span, ..self.clone() }
    }

    /// The same view with these rows folded.
    pub fn with_folded(&self, folded: &[SpanId]) -> Self {
        let fold = match folded.len() {
            0..=FOLDS_IN_URL_MAX => folded.iter().map(ToString::to_string).collect::<Vec<_>>().join("."),
            _ => FOLD_ALL.to_owned(),
        };
        Self { fold, ..self.clone() }
    }

    /// The same view with the row folded if it is open, opened if it is folded.
    pub fn with_toggled(&self, folded: &[SpanId], row: SpanId) -> Self {
        let mut ids: Vec<SpanId> = folded.iter().copied().filter(|id| *id != row).collect();
        if ids.len() == folded.len() {
            ids.push(row);
        }
        self.with_folded(&ids)
    }

    /// The address of this view of a trace.
    pub fn href(&self, trace_id: TraceId) -> String {
        let pairs = [
            self.within.to_query().map(|(key, value)| format!("{key}={}", encode(value))),
            self.span.map(|span| format!("span={span}")),
            (!self.fold.is_empty()).then(|| format!("fold={}", self.fold)),
            self.by_cost.then(|| "color=cost".to_owned()),
            (self.at > 0).then(|| format!("at={}", self.at)),
        ];
        let query: Vec<String> = pairs.into_iter().flatten().collect();
        if query.is_empty() { format!("/traces/{trace_id}") } else { format!("/traces/{trace_id}?{}", query.join("&")) }
    }
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
        let url = TraceUrl { within, span: Some(id(1)), by_cost: true, at: 60, ..TraceUrl::default() }
            .with_folded(&[id(2), id(3)]);
        let trace_id = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a".parse().unwrap();
        let href = url.href(trace_id);
        let (_, query) = href.split_once('?').unwrap();
        let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let get = |key: &str| pairs.iter().find(|(name, _)| *name == key).map(|(_, value)| (*value).to_owned());
        assert_eq!(TraceUrl::read(get), url);
        assert_eq!(TraceUrl::default().href(trace_id), "/traces/7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a");
    }

    #[test]
    fn toggling_a_row_twice_changes_nothing() {
        let folded = [id(2)];
        assert_eq!(TraceUrl::default().with_toggled(&folded, id(2)).fold, "");
        assert_eq!(TraceUrl::default().with_toggled(&folded, id(4)).fold, format!("{}.{}", id(2), id(4)));
    }

    #[test]
    fn too_many_folds_are_written_as_all() {
        let many = vec![id(1); FOLDS_IN_URL_MAX + 1];
        assert_eq!(TraceUrl::default().with_folded(&many).fold, FOLD_ALL);
    }
}
