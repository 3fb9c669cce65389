//! The answer as JSON. What is asked for by one thing has a `key` per group, by two it has `keys`; further members are there
//! only when they were asked for or when there is something to say.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::UsdSum;
use model::cost::{Compared, Split, TraceSpend};
use model::usd::json;
use serde::Serialize;
use serde_json::value::RawValue;

use super::question::Asked;

/// What traces cost, by tenant.
pub type Traces = HashMap<Option<String>, TraceSpend>;

#[derive(Serialize)]
pub struct Answer {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    group_by: String,
    bucket_seconds: i64,
    #[serde(serialize_with = "json::total")]
    total_cost_usd: UsdSum,
    span_count: i64,
    /// Spans in range whose cost nobody knows: the total is a lower bound when there are any.
    unpriced_span_count: i64,
    /// The equally long range before, when it was asked for.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    previous: Option<Previous>,
    groups: Vec<Line>,
    /// The groups past the limit, together.
    #[serde(skip_serializing_if = "Option::is_none")]
    others: Option<Line>,
    /// What the books have of spans that are no longer kept, so that no group can say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<Line>,
}

#[derive(Serialize)]
struct Previous {
    previous_from: DateTime<Utc>,
    previous_to: DateTime<Utc>,
    #[serde(serialize_with = "json::total")]
    previous_total_cost_usd: UsdSum,
}

#[derive(Serialize, Default)]
struct Line {
    /// By one thing: `None` within is unattributed.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<Option<String>>,
    /// By two.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<Option<String>>>,
    /// How many groups these are.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<i64>,
    #[serde(serialize_with = "json::total")]
    cost_usd: UsdSum,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_cost_usd: Option<Box<RawValue>>,
    span_count: i64,
    error_count: i64,
    tokens_in: i64,
    tokens_out: i64,
    /// Traces of the tenant, when they were asked for, and what they cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_cost_usd: Option<Box<RawValue>>,
    series: Vec<(DateTime<Utc>, Box<RawValue>)>,
}

impl Line {
    fn new(sums: &Compared, series: Vec<UsdSum>, buckets: &[DateTime<Utc>], compare: bool) -> Self {
        Self {
            cost_usd: sums.now.cost,
            previous_cost_usd: compare.then(|| json::raw(sums.before.cost)),
            span_count: sums.now.spans,
            error_count: sums.now.errors,
            tokens_in: sums.now.tokens_in,
            tokens_out: sums.now.tokens_out,
            series: buckets.iter().copied().zip(series.into_iter().map(json::raw)).collect(),
            ..Self::default()
        }
    }
}

impl Answer {
    /// The answer to what was asked.
    pub fn new(asked: &Asked, split: Split, traces: Option<&Traces>) -> Self {
        let Split { bucket_seconds, buckets, total, groups, others, unread, .. } = split;
        let (compare, is_pair) = (asked.compare, asked.by.second.is_some());
        let lines = groups.into_iter().map(|group| {
            let line = Line::new(&group.sums, group.series, &buckets, compare);
            if is_pair {
                return Line { keys: Some(group.keys), ..line };
            }
            let key = group.keys.into_iter().next().flatten();
            let spend = traces.map(|traces| traces.get(&key).copied().unwrap_or_default());
            Line {
                trace_count: spend.map(|spend| spend.traces),
                trace_cost_usd: spend.map(|spend| json::raw(spend.cost)),
                key: Some(key),
                ..line
            }
        });
        let before = asked.range.previous();
        Self {
            from: asked.range.from,
            to: asked.range.to,
            group_by: asked.by.to_string(),
            bucket_seconds,
            total_cost_usd: total.now.cost,
            span_count: total.now.spans,
            unpriced_span_count: total.now.spans - total.now.priced_spans,
            previous: compare.then_some(Previous {
                previous_from: before.from,
                previous_to: before.to,
                previous_total_cost_usd: total.before.cost,
            }),
            groups: lines.collect(),
            others: others.map(|others| Line {
                groups: Some(others.groups),
                ..Line::new(&others.sums, others.series, &buckets, compare)
            }),
            unread: (unread != Compared::default()).then(|| Line::new(&unread, Vec::new(), &buckets, compare)),
        }
    }
}
