//! Single spans in some order, a page at a time.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Calls, GroupBy};
use crate::id::SpanId;
use crate::span::{Category, SpanKind};
use crate::trace::waterfall::Waterfall;
use crate::usd::Usd;

/// What single spans are put in order by: the longest, the dearest or the first comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpanOrder {
    /// Time in which no child was running.
    #[default]
    SelfTime,
    /// Duration.
    Duration,
    /// Own cost; unknown comes last.
    Cost,
    /// When they began.
    Start,
}

/// A span in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedSpan {
    /// Its id.
    pub span_id: SpanId,
    /// Operation.
    pub name: String,
    /// Service.
    pub service: String,
    /// Role in the call.
    pub kind: SpanKind,
    /// Sort of work.
    pub category: Category,
    /// Whether it failed.
    pub failed: bool,
    /// Start, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// Duration in nanoseconds.
    pub duration_ns: i64,
    /// The part of it in which no child was running.
    pub self_ns: i64,
    /// Own cost; `None` is unknown.
    pub cost: Option<Usd>,
}

/// Spans of a list, and how many it has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Those of the page.
    pub spans: Vec<ListedSpan>,
    /// How many come before them.
    pub first: usize,
    /// All of the list.
    pub total: usize,
}

impl Waterfall {
    /// The spans from `first` on, `count` at most, in this order; with `like`, those of its group alone.
    pub fn listed(
        &self,
        order: SpanOrder,
        like: Option<(SpanId, GroupBy)>,
        calls: &Calls,
        (first, count): (usize, usize),
    ) -> Page {
        let group = like.and_then(|(span, by)| Some((self.key_of(self.spans.find(span)?, by, calls), by)));
        let is_like = |span: &u32| group.is_none_or(|(key, by)| self.key_of(*span, by, calls) == key);
        let mut spans: Vec<u32> = (0..self.spans.len() as u32).filter(is_like).collect();
        let total = spans.len();
        let first = if first < total { first } else { 0 };
        let end = first.saturating_add(count).min(total);
        // What comes before and after the page need not be in order.
        if end < total {
            spans.select_nth_unstable_by_key(end, |span| self.rank(*span, order));
            spans.truncate(end);
        }
        spans.sort_unstable_by_key(|span| self.rank(*span, order));
        Page { spans: spans.drain(first..).map(|span| self.listed_span(span)).collect(), first, total }
    }

    /// What a span is put in order by; of equals the one that began first comes first. No two are equal, whatever ids were sent,
    /// so that every page goes on where the one before it ended.
    fn rank(&self, span: u32, order: SpanOrder) -> (Reverse<Option<i64>>, i64, SpanId, u32) {
        let figure = match order {
            SpanOrder::SelfTime => Some(self.self_ns[span as usize]),
            SpanOrder::Duration => Some(self.spans.duration(span)),
            SpanOrder::Cost => self.spans.cost(span).map(Usd::pico),
            SpanOrder::Start => None,
        };
        (Reverse(figure), self.spans.start(span), self.spans.span_id(span), span)
    }

    fn listed_span(&self, span: u32) -> ListedSpan {
        ListedSpan {
            span_id: self.spans.span_id(span),
            name: self.spans.operation(span).to_owned(),
            service: self.spans.service(span).to_owned(),
            kind: self.spans.kind(span),
            category: self.spans.category(span),
            failed: self.spans.has_failed(span),
            offset_ns: self.offset(self.spans.start(span)),
            duration_ns: self.spans.duration(span),
            self_ns: self.self_ns[span as usize],
            cost: self.spans.cost(span),
        }
    }
}
