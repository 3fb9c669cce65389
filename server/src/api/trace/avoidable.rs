//! What of a trace's money was avoidable, and why.

use model::trace::waste::{Avoidable, Finding, Named, Part};
use model::usd::json;
use model::{SpanId, Usd, UsdSum};
use serde::Serialize;

/// The list behind `avoidable_cost_usd`.
#[derive(Serialize)]
pub struct AvoidableList {
    /// What was avoidable by reason; they add up to `avoidable_cost_usd`.
    by_reason: Vec<ReasonLine>,
    /// Dearest first.
    findings: Vec<FindingLine>,
    /// All there are; the list may be shorter.
    finding_count: u64,
    /// Calls that were not compared with others, because there are too many.
    not_compared_count: u64,
}

#[derive(Serialize)]
struct ReasonLine {
    reason: &'static str,
    #[serde(serialize_with = "json::total")]
    cost_usd: UsdSum,
    span_count: u64,
}

#[derive(Serialize)]
struct FindingLine {
    reason: &'static str,
    /// The span that failed, or the call that is repeated.
    because: SpanLine,
    /// The sibling that took over, when it was tried again.
    followed_by: Option<SpanLine>,
    #[serde(serialize_with = "json::total")]
    cost_usd: UsdSum,
    /// All there are; the list may be shorter.
    span_count: u64,
    /// Dearest first.
    spans: Vec<PartLine>,
}

#[derive(Serialize)]
struct SpanLine {
    span_id: SpanId,
    service: String,
    operation_name: String,
}

#[derive(Serialize)]
struct PartLine {
    #[serde(flatten)]
    span: SpanLine,
    #[serde(serialize_with = "json::amount")]
    cost_usd: Usd,
}

impl From<Avoidable> for AvoidableList {
    fn from(avoidable: Avoidable) -> Self {
        let reasons = avoidable.reasons.into_iter();
        Self {
            by_reason: reasons
                .map(|(reason, cost_usd, span_count)| ReasonLine { reason: reason.as_str(), cost_usd, span_count })
                .collect(),
            findings: avoidable.findings.into_iter().map(FindingLine::from).collect(),
            finding_count: avoidable.findings_total,
            not_compared_count: avoidable.not_compared,
        }
    }
}

impl From<Finding> for FindingLine {
    fn from(finding: Finding) -> Self {
        Self {
            reason: finding.reason.as_str(),
            because: finding.because.into(),
            followed_by: finding.followed_by.map(SpanLine::from),
            cost_usd: finding.cost,
            span_count: finding.spans_total,
            spans: finding.parts.into_iter().map(PartLine::from).collect(),
        }
    }
}

impl From<Part> for PartLine {
    fn from(part: Part) -> Self {
        Self { span: part.span.into(), cost_usd: part.cost }
    }
}

impl From<Named> for SpanLine {
    fn from(span: Named) -> Self {
        Self { span_id: span.span_id, service: span.service, operation_name: span.operation }
    }
}
