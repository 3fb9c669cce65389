//! What of a trace's money was avoidable: work that was thrown away, and work that was done twice.
//!
//! Three rules, one file each: `lost` finds what failed and what was tried again, `calls` says when two calls are the same one, and
//! `repeated` which of them was one too many. Every dollar is counted under one reason, the first that applies: [`Reason::Retried`],
//! [`Reason::Repeated`], [`Reason::Failed`]. The total is the same in whatever order they are asked.
//! To add a rule: a [`Reason`], a file that marks spans, and its place in [`Waste::of`]; the laws in `tests` cover it.

use serde::{Deserialize, Serialize};

use super::tree::links::Links;
use super::waterfall::columns::Columns;
use crate::id::SpanId;
use crate::usd::{Usd, UsdSum};

mod calls;
mod findings;
mod lost;
mod repeated;

pub use calls::{Calls, Input};
pub use findings::{Avoidable, FINDINGS_MAX, Finding, Named, Part, SPANS_PER_FINDING_MAX};

/// Why money was avoidable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reason {
    /// It was spent by a call that failed, or below it, and a sibling of the same name took over.
    Retried,
    /// The same call with the same input had been made before.
    Repeated,
    /// It was spent by a span that failed, or below it.
    Failed,
}

impl Reason {
    /// All of them, first the one that counts before the others.
    pub const ALL: [Self; 3] = [Self::Retried, Self::Repeated, Self::Failed];

    /// Its name in the API and in what is sent to browsers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retried => "retried",
            Self::Repeated => "repeated",
            Self::Failed => "failed",
        }
    }

    /// The reason with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// A span whose own cost was avoidable, by its place in the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wasted {
    span: u32,
    reason: Reason,
    /// The span that failed, or the call that is repeated.
    because: u32,
}

/// What a row and a drawer say of a span whose own cost was avoidable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Why.
    pub reason: Reason,
    /// The span that failed, or the call that is repeated; itself when it is the one that failed.
    pub because: SpanId,
    /// The operation of that span.
    pub operation: String,
}

/// The avoidable money of one trace, as it is kept with its layout.
#[derive(Debug, Default)]
pub struct Waste {
    /// By place in the columns; spans that cost nothing are not among them.
    wasted: Vec<Wasted>,
    /// Calls that failed and the sibling that took over, by place of the first.
    retries: Vec<(u32, u32)>,
    total: UsdSum,
    not_compared: u64,
}

impl Waste {
    /// What was avoidable about these spans, in any order; which calls are the same is for `calls` to tell.
    pub fn of(spans: &Columns, calls: &Calls) -> Self {
        Self::linked(spans, &Links::of(spans.len(), |index| spans.linked(index)), calls)
    }

    /// The same of spans that are linked already.
    pub(super) fn linked(spans: &Columns, links: &Links, calls: &Calls) -> Self {
        let retries = lost::retries(spans, links);
        let lost = lost::lost(spans, links, &retries);
        let repeated = repeated::repeated(spans, calls, |span| lost.of(span).is_some());
        let why = |span: u32| -> Option<(Reason, u32)> {
            let lost = lost.of(span);
            let repeats = || repeated.get(&span).map(|first| (Reason::Repeated, *first));
            lost.filter(|(reason, _)| *reason == Reason::Retried).or_else(repeats).or(lost)
        };
        let costs = |span: &u32| spans.cost(*span).is_some_and(|cost| cost > Usd::ZERO);
        let wasted: Vec<Wasted> = (0..spans.len() as u32)
            .filter(costs)
            .filter_map(|span| why(span).map(|(reason, because)| Wasted { span, reason, because }))
            .collect();
        let total = wasted.iter().filter_map(|wasted| spans.cost(wasted.span)).sum();
        Self { wasted, retries, total, not_compared: calls.not_compared }
    }

    /// All avoidable money: never more than the trace cost.
    pub const fn total(&self) -> UsdSum {
        self.total
    }

    /// Memory it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.wasted.as_slice()) + size_of_val(self.retries.as_slice())
    }

    /// Why the own cost of a span was avoidable, if it was.
    pub(super) fn mark(&self, spans: &Columns, span: u32) -> Option<Mark> {
        let at = self.wasted.binary_search_by_key(&span, |wasted| wasted.span).ok()?;
        let Wasted { reason, because, .. } = self.wasted[at];
        Some(Mark { reason, because: spans.span_id(because), operation: spans.operation(because).to_owned() })
    }
}

#[cfg(test)]
mod tests;
