//! What is said of a trace as a whole.

use model::budget::crossing::Over;
use model::trace::TraceHead;
use model::trace::waste::Avoidable;
use model::usd::json as money;
use model::{Usd, UsdSum};
use serde::Serialize;

use super::avoidable::AvoidableList;
use super::limit::OverLimit;
use crate::api::json::milliseconds;

/// After the spans of a trace, when it is known.
#[derive(Serialize)]
pub struct Totals {
    #[serde(serialize_with = "money::amount_or_null")]
    total_cost_usd: Option<Usd>,
    #[serde(serialize_with = "milliseconds")]
    total_duration_ms: i64,
    span_count: i64,
    error_count: i64,
    unpriced_span_count: i64,
    #[serde(serialize_with = "money::amount_or_null")]
    declared_cost_usd: Option<Usd>,
    max_depth: Option<i32>,
    orphan_count: Option<i32>,
    /// Spans of other tenants, which this key does not get to see; they are not in the figures.
    #[serde(skip_serializing_if = "is_zero")]
    withheld_span_count: i64,
    /// That it costs more than one trace may, and the span that took it there; null when it does not.
    over_limit: Option<OverLimit>,
    /// The part of the total that was spent on what failed or was done twice.
    #[serde(serialize_with = "money::total")]
    avoidable_cost_usd: UsdSum,
    avoidable: AvoidableList,
    /// Why this may not be the whole story; empty when it is.
    pub partial: Vec<String>,
}

impl Totals {
    /// Of a trace of which `sent` spans were written.
    pub fn new(head: &TraceHead, sent: i64, over: Option<Over>, avoidable: Avoidable) -> Self {
        let summary = &head.summary;
        Self {
            total_cost_usd: summary.cost,
            total_duration_ms: summary.duration_ns,
            span_count: summary.spans,
            error_count: summary.errors,
            unpriced_span_count: summary.unpriced_spans,
            declared_cost_usd: head.declared,
            max_depth: head.max_depth,
            orphan_count: head.orphans,
            withheld_span_count: head.withheld,
            over_limit: over.map(OverLimit::from),
            avoidable_cost_usd: avoidable.cost,
            avoidable: avoidable.into(),
            partial: partial_reasons(head, sent),
        }
    }
}

fn partial_reasons(head: &TraceHead, sent: i64) -> Vec<String> {
    let mut reasons = Vec::new();
    if sent != head.summary.spans {
        reasons.push(format!("{sent} of {} spans are listed: more arrived or some were archived", head.summary.spans));
    }
    if let Some(orphans) = head.orphans.filter(|count| *count > 0) {
        reasons.push(format!("{orphans} spans name a parent that has not been received"));
    }
    if head.withheld > 0 {
        reasons.push(format!("{} spans are of other tenants and are withheld", head.withheld));
    }
    if head.summary.unpriced_spans > 0 {
        let unpriced = head.summary.unpriced_spans;
        reasons.push(format!("the cost of {unpriced} spans is unknown: the total is a lower bound"));
    }
    reasons
}

// serde's `skip_serializing_if` passes a reference.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_zero(count: &i64) -> bool {
    *count == 0
}
