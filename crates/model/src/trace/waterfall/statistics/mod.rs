//! The spans of a trace added up by service, operation or model, and single spans in some order.
//!
//! Every span is in exactly one group, so the groups add up to the trace. Names are made only for what is asked for, so a trace
//! with as many operations as spans costs no more than any other.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Waterfall;
use crate::id::SpanId;

pub use self::calls::{Call, Calls};
pub use self::listed::{ListedSpan, Page, SpanOrder};
pub use self::sum::Statistic;

mod calls;
mod listed;
mod sum;

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

#[cfg(test)]
mod tests;
