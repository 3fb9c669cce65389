//! Who pays for each span of a trace and which costs count: what only the spans around it can tell (MONEY, "Own, rolled up or
//! carried" and "Who pays").
//!
//! [`settle`] is a function of the set of spans. Whoever sees only a part of a trace settles that, and whoever sees more
//! settles it again; the order of arrival leaves no trace. What operators say about some spans ([`crate::ruling`]) comes with them. `owners` goes from the top down, `verdicts` from the bottom up.

use crate::cost::{CostSource, Verdict};
use crate::id::SpanId;
use crate::owner::{Provenance, Provenances};
use crate::ruling::Ruling;
use crate::time::UnixNanos;
use crate::trace::tree::links::{Linked, in_preorder};
use crate::usd::Usd;

pub use answers::Answer;

mod answers;
mod owners;
mod verdicts;

/// What a span says of its owners and its cost. Owners are told apart by `K`: names, or their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim<K> {
    /// Its id.
    pub span_id: SpanId,
    /// Its parent's id.
    pub parent_span_id: Option<SpanId>,
    /// Start.
    pub start: UnixNanos,
    /// Its service.
    pub service: K,
    /// Who it is for, as far as it says itself.
    pub owners: Owners<K>,
    /// What it says it costs, or what its tokens cost.
    pub cost: Option<Usd>,
    /// How that came about.
    pub source: CostSource,
    /// It names a model and tells tokens.
    pub has_usage: bool,
    /// It groups the work of others (an agent's run, a workflow): the tokens it tells may be theirs.
    pub is_group: bool,
    /// The answer of a model that it tells, when that has an id. Only needed of spans whose tokens another span of the trace tells, too.
    pub answer: Option<Answer>,
    /// What operators say about such spans.
    pub ruling: Ruling,
}

/// Who a span is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Owners<K> {
    /// Who pays.
    pub tenant: Option<Owner<K>>,
    /// On whose behalf.
    pub user: Option<Owner<K>>,
    /// What for.
    pub capability: Option<Owner<K>>,
}

/// An owner, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<K> {
    /// Who.
    pub key: K,
    /// How that is known.
    pub known: Provenance,
}

/// What a span is settled to.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled<K> {
    /// Who it is for.
    pub owners: Owners<K>,
    /// Whether its cost counts.
    pub verdict: Verdict,
}

/// How much of the trace there is to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// More of it may come any moment.
    Part,
    /// It has been quiet for a while.
    Whole,
}

impl<K> Owners<K> {
    /// How they are known.
    pub fn provenances(&self) -> Provenances {
        let of = |owner: &Option<Owner<K>>| owner.as_ref().map_or(Provenance::NOBODY, |owner| owner.known);
        Provenances { tenant: of(&self.tenant), user: of(&self.user), capability: of(&self.capability) }
    }
}

impl<K: PartialEq> Linked for Claim<K> {
    fn span_id(&self) -> SpanId {
        self.span_id
    }

    fn parent_span_id(&self) -> Option<SpanId> {
        self.parent_span_id
    }

    fn start(&self) -> UnixNanos {
        self.start
    }

    fn is_of_service_of(&self, other: &Self) -> bool {
        self.service == other.service
    }
}

/// Settles the spans of one trace, in any order; answers in theirs.
pub fn settle<K: Clone + PartialEq>(claims: &[Claim<K>], sight: Sight) -> Vec<Settled<K>> {
    let nodes = in_preorder(claims);
    let owners = owners::inherit(claims, &nodes);
    let verdicts = verdicts::of(claims, &nodes, sight);
    owners.into_iter().zip(verdicts).map(|(owners, verdict)| Settled { owners, verdict }).collect()
}

#[cfg(test)]
mod arrivals;
#[cfg(test)]
mod tests;
