//! The list behind the figure: what was avoidable, grouped by the span that is the reason.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Reason, Waste};
use crate::id::SpanId;
use crate::trace::waterfall::columns::Columns;
use crate::usd::{Usd, UsdSum};

/// Findings listed, the dearest first: a page of them. All of them are counted.
pub const FINDINGS_MAX: usize = 50;

/// Spans listed of one finding, the dearest first.
pub const SPANS_PER_FINDING_MAX: usize = 12;

/// What of a trace's money was avoidable.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Avoidable {
    /// All of it.
    pub cost: UsdSum,
    /// By reason, with the number of spans; reasons that apply to nothing are left out. They add up to `cost`.
    pub reasons: Vec<(Reason, UsdSum, u64)>,
    /// What it was spent on, dearest first, at most [`FINDINGS_MAX`].
    pub findings: Vec<Finding>,
    /// How many findings there are.
    pub findings_total: u64,
    /// Calls that were not compared with others, because there are too many.
    pub not_compared: u64,
}

/// Money that was avoidable for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Why.
    pub reason: Reason,
    /// The span that failed, or the call that is repeated.
    pub because: Named,
    /// The sibling that took over, of [`Reason::Retried`].
    pub followed_by: Option<Named>,
    /// What it cost in all.
    pub cost: UsdSum,
    /// The spans that spent it, dearest first, at most [`SPANS_PER_FINDING_MAX`].
    pub parts: Vec<Part>,
    /// How many spans there are.
    pub spans_total: u64,
}

/// A span that spent avoidable money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub span: Named,
    /// Its own cost.
    pub cost: Usd,
}

/// A span by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Its id.
    pub span_id: SpanId,
    /// Its service.
    pub service: String,
    /// Its operation.
    pub operation: String,
    /// When it began, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
}

impl Waste {
    /// The list, with the names of these spans, which are those it was made of.
    pub fn avoidable(&self, spans: &Columns) -> Avoidable {
        let mut groups: HashMap<(Reason, u32), (UsdSum, Vec<u32>)> = HashMap::new();
        for wasted in &self.wasted {
            let (cost, members) = groups.entry((wasted.reason, wasted.because)).or_default();
            *cost += spans.cost(wasted.span).unwrap_or_default().into();
            members.push(wasted.span);
        }
        let reasons = Reason::ALL.into_iter().filter_map(|reason| {
            let own = || groups.iter().filter(|((of, _), _)| *of == reason).map(|(_, group)| group);
            let count: usize = own().map(|(_, members)| members.len()).sum();
            (count > 0).then(|| (reason, own().map(|(cost, _)| *cost).sum(), count as u64))
        });
        let reasons = reasons.collect();
        let findings_total = groups.len() as u64;
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_unstable_by_key(|((reason, because), (cost, _))| (Reverse(*cost), *reason, place(spans, *because)));
        groups.truncate(FINDINGS_MAX);
        let start_ns = spans.extent().start_ns;
        let findings = groups.into_iter().map(|((reason, because), (cost, members))| Finding {
            reason,
            because: named(spans, because, start_ns),
            followed_by: self.follower(reason, because).map(|span| named(spans, span, start_ns)),
            cost,
            spans_total: members.len() as u64,
            parts: parts(spans, members, start_ns),
        });
        Avoidable {
            cost: self.total,
            reasons,
            findings: findings.collect(),
            findings_total,
            not_compared: self.not_compared,
        }
    }

    fn follower(&self, reason: Reason, failed: u32) -> Option<u32> {
        let at = self.retries.binary_search_by_key(&failed, |(failed, _)| *failed).ok()?;
        (reason == Reason::Retried).then(|| self.retries[at].1)
    }
}

fn parts(spans: &Columns, mut members: Vec<u32>, start_ns: i64) -> Vec<Part> {
    members.sort_unstable_by_key(|&span| (Reverse(spans.cost(span)), place(spans, span)));
    members.truncate(SPANS_PER_FINDING_MAX);
    let part = |span: u32| Part { span: named(spans, span, start_ns), cost: spans.cost(span).unwrap_or_default() };
    members.into_iter().map(part).collect()
}

/// What tells spans apart whatever order they came in.
fn place(spans: &Columns, span: u32) -> (i64, SpanId) {
    (spans.start(span), spans.span_id(span))
}

fn named(spans: &Columns, span: u32, start_ns: i64) -> Named {
    Named {
        span_id: spans.span_id(span),
        service: spans.service(span).to_owned(),
        operation: spans.operation(span).to_owned(),
        offset_ns: spans.start(span).saturating_sub(start_ns),
    }
}
