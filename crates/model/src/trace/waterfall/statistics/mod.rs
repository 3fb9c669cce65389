//! The spans of a trace added up by service, operation or model, and single spans in some order.
//!
//! Every span is in exactly one group, so the groups add up to the trace. Names are made only for what is asked for, so a trace
//! with as many operations as spans costs no more than any other.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Waterfall;
use crate::id::SpanId;
use crate::usd::UsdSum;

pub use self::calls::{Call, Calls};
pub use self::listed::{ListedSpan, Page, SpanOrder};

mod calls;
mod listed;

/// What spans are added up by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupBy {
    /// Their service.
    #[default]
    Service,
    /// Their operation and its service.
    Operation,
    /// The model they called.
    Model,
}

/// What groups are put in order by: figures begin with the largest, names with the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Column {
    /// Name of the group.
    Name,
    /// Spans.
    Spans,
    /// Failed spans.
    Failed,
    /// Time in which no child was running.
    #[default]
    SelfTime,
    /// Sum of durations.
    Total,
    /// Median duration.
    P50,
    /// Duration that 95 of 100 do not exceed.
    P95,
    /// Longest duration.
    Max,
    /// Own cost.
    Cost,
    /// Tokens in and out.
    Tokens,
    /// Spans without a known cost.
    Unpriced,
}

/// A group by the places of its names; what does not tell it apart is `u32::MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub service: u32,
    pub operation: u32,
    pub model: u32,
}

/// What a group is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupName {
    /// Service; empty by model.
    pub service: String,
    /// Operation; empty unless it is by operation.
    pub operation: String,
    /// Model; empty unless it is by model, and for spans that called none.
    pub model: String,
}

/// What spans add up to. Times are nanoseconds; unknown is `None`, never zero.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistic {
    /// Spans.
    pub spans: usize,
    /// Failed ones.
    pub failed: usize,
    /// Time in which no child was running.
    pub self_ns: i128,
    /// Sum of durations.
    pub total_ns: i128,
    /// Median duration, the lower of two.
    pub p50_ns: i64,
    /// Duration that 95 of 100 do not exceed, by nearest rank.
    pub p95_ns: i64,
    /// Longest duration.
    pub max_ns: i64,
    /// Own cost; `None` when not one is known.
    pub cost: Option<UsdSum>,
    /// Spans without a known cost: above zero, the cost is a lower bound.
    pub unpriced: usize,
    /// Tokens in; `None` when nobody told any.
    pub tokens_in: Option<i64>,
    /// Tokens out.
    pub tokens_out: Option<i64>,
    /// One of its spans, by which the group is found again: that with the longest duration.
    pub longest: Option<SpanId>,
    /// The span with the highest own cost above zero.
    pub dearest: Option<SpanId>,
}

/// A trace added up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Groups in the order asked for, as many as asked for.
    pub groups: Vec<(GroupName, Statistic)>,
    /// Groups there are.
    pub groups_total: usize,
    /// All spans.
    pub total: Statistic,
}

/// How groups are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// By what they are made.
    pub by: GroupBy,
    /// By what they are in order.
    pub order: Column,
    /// The other way round.
    pub is_reversed: bool,
    /// How many.
    pub limit: usize,
}

impl Waterfall {
    /// The spans by group.
    pub fn statistics(&self, wanted: Wanted, calls: &Calls) -> Statistics {
        let mut members: HashMap<Key, Vec<u32>> = HashMap::new();
        for span in 0..self.spans.len() as u32 {
            members.entry(self.key_of(span, wanted.by, calls)).or_default().push(span);
        }
        let mut groups: Vec<(Key, Statistic)> =
            members.into_iter().map(|(key, spans)| (key, self.statistic(&spans, calls))).collect();
        self.put_in_order(&mut groups, wanted, calls);
        let groups_total = groups.len();
        groups.truncate(wanted.limit);
        let all: Vec<u32> = (0..self.spans.len() as u32).collect();
        Statistics {
            groups: groups.into_iter().map(|(key, statistic)| (self.group_name(key, calls), statistic)).collect(),
            groups_total,
            total: self.statistic(&all, calls),
        }
    }

    /// The name of the group a span is in.
    pub fn group_of(&self, span_id: SpanId, by: GroupBy, calls: &Calls) -> Option<GroupName> {
        let span = self.spans.find(span_id)?;
        Some(self.group_name(self.key_of(span, by, calls), calls))
    }

    /// What these spans add up to.
    pub(super) fn statistic(&self, spans: &[u32], calls: &Calls) -> Statistic {
        let mut sum = Statistic { spans: spans.len(), ..Statistic::default() };
        let mut durations: Vec<i64> = Vec::with_capacity(spans.len());
        for &span in spans {
            durations.push(self.spans.duration(span));
            sum.failed += usize::from(self.spans.has_failed(span));
            sum.self_ns += i128::from(self.self_ns[span as usize]);
            match self.spans.cost(span) {
                Some(cost) => sum.cost = Some(sum.cost.unwrap_or_default() + cost.into()),
                None => sum.unpriced += 1,
            }
            if let Some(call) = calls.of(self.spans.span_id(span)) {
                sum.tokens_in = added(sum.tokens_in, call.tokens_in.map(i64::from));
                sum.tokens_out = added(sum.tokens_out, call.tokens_out.map(i64::from));
            }
        }
        sum.total_ns = durations.iter().copied().map(i128::from).sum();
        durations.sort_unstable();
        sum.p50_ns = percentile(&durations, 50);
        sum.p95_ns = percentile(&durations, 95);
        sum.max_ns = percentile(&durations, 100);
        // Of equals the one that began first, so that the same trace always names the same span.
        let first = |span: &u32| Reverse((self.spans.start(*span), self.spans.span_id(*span)));
        let longest = spans.iter().max_by_key(|&span| (self.spans.duration(*span), first(span)));
        sum.longest = longest.map(|&span| self.spans.span_id(span));
        let dear = spans.iter().filter(|&&span| self.spans.cost(span).is_some_and(|cost| cost.pico() > 0));
        let dearest = dear.max_by_key(|&span| (self.spans.cost(*span), first(span)));
        sum.dearest = dearest.map(|&span| self.spans.span_id(span));
        sum
    }

    pub(super) fn key_of(&self, span: u32, by: GroupBy, calls: &Calls) -> Key {
        const ANY: u32 = u32::MAX;
        let (service, operation, _) = self.spans.sort_of(span);
        match by {
            GroupBy::Service => Key { service, operation: ANY, model: ANY },
            GroupBy::Operation => Key { service, operation, model: ANY },
            GroupBy::Model => {
                let model = calls.of(self.spans.span_id(span)).map_or(ANY, |call| call.model);
                Key { service: ANY, operation: ANY, model }
            }
        }
    }

    fn group_name(&self, key: Key, calls: &Calls) -> GroupName {
        GroupName {
            service: self.spans.service_named(key.service).to_owned(),
            operation: self.spans.operation_named(key.operation).to_owned(),
            model: calls.model(key.model).to_owned(),
        }
    }

    fn put_in_order(&self, groups: &mut [(Key, Statistic)], wanted: Wanted, calls: &Calls) {
        let name = |key: &Key| {
            let (service, operation) =
                (self.spans.service_named(key.service), self.spans.operation_named(key.operation));
            (service, operation, calls.model(key.model))
        };
        // By name first, so that equals stand in an order that does not change from page to page.
        groups.sort_by(|(left, _), (right, _)| name(left).cmp(&name(right)));
        if wanted.order != Column::Name {
            groups.sort_by_key(|(_, statistic)| Reverse(statistic.figure(wanted.order)));
        }
        if wanted.is_reversed {
            groups.reverse();
        }
    }
}

impl Statistic {
    /// What a column shows; unknown comes after everything known.
    fn figure(&self, column: Column) -> Option<i128> {
        match column {
            Column::Name => None,
            Column::Spans => Some(self.spans as i128),
            Column::Failed => Some(self.failed as i128),
            Column::SelfTime => Some(self.self_ns),
            Column::Total => Some(self.total_ns),
            Column::P50 => Some(self.p50_ns.into()),
            Column::P95 => Some(self.p95_ns.into()),
            Column::Max => Some(self.max_ns.into()),
            Column::Cost => self.cost.map(UsdSum::pico),
            Column::Tokens => added(self.tokens_in, self.tokens_out).map(i128::from),
            Column::Unpriced => Some(self.unpriced as i128),
        }
    }
}

/// The sum of what is known.
fn added(left: Option<i64>, right: Option<i64>) -> Option<i64> {
    match (left, right) {
        (Some(left), Some(right)) => Some(left.saturating_add(right)),
        (known, None) | (None, known) => known,
    }
}

/// The smallest of these sorted figures that `percent` of 100 do not exceed; 0 of none.
fn percentile(sorted: &[i64], percent: usize) -> i64 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests;
