//! What the tables show, and the words of the address that ask for it.

use model::SpanId;
use model::trace::waterfall::Layout;
use model::trace::waterfall::statistics::{Calls, Column, GroupBy, GroupName, Page, SpanOrder, Statistics, Wanted};
use serde::{Deserialize, Serialize};

use crate::islands::waterfall::links::TraceUrl;

/// Groups with a line of their own; more are counted.
const GROUPS_MAX: usize = 200;

/// Spans on a page of the list.
pub const PAGE_SPANS: usize = 50;

/// What spans are grouped by: choice, word of the address, name.
pub const GROUPINGS: [(GroupBy, &str, &str); 3] = [
    (GroupBy::Service, "", "Service"),
    (GroupBy::Operation, "operation", "Operation"),
    (GroupBy::Model, "model", "Model"),
];

/// Columns of the groups: choice, word of the address, heading.
pub const COLUMNS: [(Column, &str, &str); 11] = [
    (Column::Name, "name", ""),
    (Column::Spans, "spans", "Spans"),
    (Column::Failed, "errors", "Errors"),
    (Column::SelfTime, "self", "Self time"),
    (Column::Total, "total", "Total"),
    (Column::P50, "p50", "p50"),
    (Column::P95, "p95", "p95"),
    (Column::Max, "max", "Max"),
    (Column::Cost, "cost", "Self cost"),
    (Column::Tokens, "tokens", "Tokens in, out"),
    (Column::Unpriced, "unpriced", "Unpriced"),
];

/// Orders of the list of spans: choice, word of the address, heading.
pub const ORDERS: [(SpanOrder, &str, &str); 4] = [
    (SpanOrder::Start, "start", "Start"),
    (SpanOrder::Duration, "duration", "Duration"),
    (SpanOrder::SelfTime, "", "Self time"),
    (SpanOrder::Cost, "cost", "Self cost"),
];

/// What the address asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What spans are grouped by.
    pub by: GroupBy,
    /// What groups are in order by.
    pub order: Column,
    /// The other way round.
    pub is_reversed: bool,
    /// What single spans are in order by.
    pub spans: SpanOrder,
    /// Only spans of the group of this one are listed.
    pub like: Option<SpanId>,
    /// Spans before the page.
    pub first: usize,
}

impl Asked {
    /// Reads the options of an address; what it does not know means the default.
    pub fn read(url: &TraceUrl) -> Self {
        let sort = url.option("sort").unwrap_or_default();
        let (is_reversed, sort) = sort.strip_prefix('-').map_or((false, sort), |sort| (true, sort));
        let column = COLUMNS.iter().find(|(_, word, _)| *word == sort);
        let word = |key| url.option(key).unwrap_or_default();
        Self {
            by: GROUPINGS.iter().find(|(_, name, _)| *name == word("group")).map(|(by, ..)| *by).unwrap_or_default(),
            order: column.map(|(order, ..)| *order).unwrap_or_default(),
            is_reversed: is_reversed && column.is_some(),
            spans: ORDERS.iter().find(|(_, name, _)| *name == word("spans")).map(|(by, ..)| *by).unwrap_or_default(),
            like: word("like").parse().ok(),
            first: word("page").parse::<usize>().unwrap_or(1).saturating_sub(1).saturating_mul(PAGE_SPANS),
        }
    }

    /// The address that puts groups in the order of a column; of the one they are in, the other way round.
    pub fn ordered(self, url: &TraceUrl, column: Column) -> TraceUrl {
        let word = COLUMNS.iter().find(|(other, ..)| *other == column).map_or("", |(_, word, _)| word);
        let turned = self.order == column && !self.is_reversed;
        let is_default = column == Column::default() && !turned;
        let sort = (!is_default).then(|| format!("{}{word}", if turned { "-" } else { "" }));
        url.with_option("sort", sort)
    }
}

/// What the tables show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tables {
    /// What was asked for.
    pub asked: Asked,
    /// Sums.
    pub statistics: Statistics,
    /// The group whose spans are listed, when not all of them are.
    pub only: Option<GroupName>,
    /// Single spans.
    pub page: Page,
    /// There are more calls of models than could be read, so tokens and models are of the first of them.
    pub calls_cut: Option<usize>,
}

/// The tables of a trace.
pub fn of(layout: &Layout, calls: &Calls, url: &TraceUrl) -> Tables {
    let asked = Asked::read(url);
    let waterfall = &layout.waterfall;
    let wanted = Wanted { by: asked.by, order: asked.order, is_reversed: asked.is_reversed, limit: GROUPS_MAX };
    let like = asked.like.map(|span| (span, asked.by));
    Tables {
        asked,
        statistics: waterfall.statistics(wanted, calls),
        only: asked.like.and_then(|span| waterfall.group_of(span, asked.by, calls)),
        page: waterfall.listed(asked.spans, like, calls, (asked.first, PAGE_SPANS)),
        calls_cut: calls.is_cut().then(|| calls.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(options: &[(&str, &str)]) -> TraceUrl {
        options.iter().fold(TraceUrl::default(), |url, (key, value)| url.with_option(key, Some((*value).to_owned())))
    }

    #[test]
    fn what_is_asked_for_is_read_and_what_is_not_known_is_the_default() {
        assert_eq!(Asked::read(&url(&[("group", "pie"), ("sort", "-sky"), ("page", "x")])), Asked::default());
        let asked = Asked::read(&url(&[("group", "model"), ("sort", "-p95"), ("spans", "start"), ("page", "3")]));
        let (by, order, spans) = (GroupBy::Model, Column::P95, SpanOrder::Start);
        assert_eq!(asked, Asked { by, order, is_reversed: true, spans, like: None, first: 100 });
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let plain = url(&[]);
        let once = Asked::read(&plain).ordered(&plain, Column::Cost);
        let twice = Asked::read(&once).ordered(&once, Column::Cost);
        assert_eq!((once.option("sort"), twice.option("sort")), (Some("cost"), Some("-cost")));
        let again = Asked::read(&twice).ordered(&twice, Column::SelfTime);
        assert_eq!(again.option("sort"), None, "the default needs no word");
        assert_eq!(Asked::default().ordered(&plain, Column::SelfTime).option("sort"), Some("-self"));
    }
}
