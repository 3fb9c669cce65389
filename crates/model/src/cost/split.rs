//! Spend taken apart by one or two things at once: by what rollups know, or by what only the spans themselves say.
//!
//! [`grouping`](super::grouping) says what may be asked; this file names the answer. To take spend apart by one more
//! thing: a case of [`super::grouping::Facet`] and of `store::costs::facet`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::grouping::Grouping;
use super::{Dimension, Sums};
use crate::usd::UsdSum;

/// One that spends: a tenant, a user, a model, or what has none of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// What it is.
    pub dimension: Dimension,
    /// Its name; `None` is the spend that has no owner of this kind.
    pub key: Option<String>,
}

/// Sums over a range, and over the equally long range before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Over the range.
    pub now: Sums,
    /// Over the one before; nothing when that was not asked for.
    pub before: Sums,
}

/// The traces of one owner: those of a tenant, or those in which some span is another owner's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceSpend {
    /// Traces.
    pub traces: i64,
    /// Those with a failed span.
    pub failed: i64,
    /// What they cost; of an owner that is no tenant, what its spans in them cost.
    pub cost: UsdSum,
    /// The part of `cost` in traces with a failed span.
    pub failed_cost: UsdSum,
    /// What failed spans themselves cost; `None` when only traces were looked at.
    pub failed_spans_cost: Option<UsdSum>,
}

/// Spend over a range by a [`Grouping`], dearest group first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// What it is grouped by.
    pub by: Grouping,
    /// Width of a series bucket in seconds.
    pub bucket_seconds: i64,
    /// Start of every bucket, oldest first; every series has one figure per entry.
    pub buckets: Vec<DateTime<Utc>>,
    /// Everything.
    pub total: Compared,
    /// Spend per bucket of the range before; empty when that was not asked for.
    pub before: Vec<UsdSum>,
    /// Groups, dearest first; one that spent only in the range before is among the last.
    pub groups: Vec<SplitGroup>,
    /// The groups that are not in `groups`, together.
    pub others: Option<Others>,
    /// What the books have and the spans that were read do not: spans that are no longer kept. Always nothing for what is
    /// read from rollups.
    pub unread: Compared,
}

/// One line of a [`Split`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitGroup {
    /// One name per facet; `None` has none.
    pub keys: Vec<Option<String>>,
    /// Its sums.
    pub sums: Compared,
    /// Its spend per bucket.
    pub series: Vec<UsdSum>,
}

/// What a [`Split`] does not list one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Others {
    /// How many groups; at least so many, where values were no longer told apart.
    pub groups: i64,
    /// Their sums.
    pub sums: Compared,
    /// Their spend per bucket.
    pub series: Vec<UsdSum>,
}

impl Sums {
    /// Adds other sums to these.
    pub fn add(&mut self, other: &Self) {
        self.spans += other.spans;
        self.priced_spans += other.priced_spans;
        self.errors += other.errors;
        self.cost += other.cost;
        self.tokens_in += other.tokens_in;
        self.tokens_out += other.tokens_out;
    }

    /// These without others.
    pub fn less(&self, other: &Self) -> Self {
        Self {
            spans: self.spans - other.spans,
            priced_spans: self.priced_spans - other.priced_spans,
            errors: self.errors - other.errors,
            cost: self.cost - other.cost,
            tokens_in: self.tokens_in - other.tokens_in,
            tokens_out: self.tokens_out - other.tokens_out,
        }
    }
}

impl Compared {
    /// Adds other sums to these.
    pub fn add(&mut self, other: &Self) {
        self.now.add(&other.now);
        self.before.add(&other.before);
    }

    /// These without others.
    pub fn less(&self, other: &Self) -> Self {
        Self { now: self.now.less(&other.now), before: self.before.less(&other.before) }
    }
}

impl TraceSpend {
    /// Adds other traces to these.
    pub fn add(&mut self, other: &Self) {
        self.traces += other.traces;
        self.failed += other.failed;
        self.cost += other.cost;
        self.failed_cost += other.failed_cost;
        if let Some(cost) = other.failed_spans_cost {
            *self.failed_spans_cost.get_or_insert_default() += cost;
        }
    }
}

impl SplitGroup {
    /// Whether it spent before and has no span now.
    pub const fn is_vanished(&self) -> bool {
        self.sums.now.spans == 0 && self.sums.before.spans > 0
    }
}
