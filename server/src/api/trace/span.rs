//! One span as the API shows it: the documented fields, then what the server knows beyond them.

use chrono::{DateTime, Utc};
use model::cost::{DerivedCost, PriceLine};
use model::owner::{OwnerSource, Provenance};
use model::time::UnixNanos;
use model::usd::json;
use model::{Span, SpanId, TraceId, Usd};
use serde::Serialize;

use crate::api::json::{Object, milliseconds};

#[derive(Serialize)]
pub struct SpanLine<'a> {
    span_id: SpanId,
    parent_span_id: Option<SpanId>,
    operation_name: &'a str,
    service: &'a str,
    capability: Option<&'a str>,
    tenant: Option<&'a str>,
    start_time: DateTime<Utc>,
    end_time: DateTime<Utc>,
    #[serde(serialize_with = "milliseconds")]
    duration_ms: i64,
    kind: &'static str,
    category: &'static str,
    status: &'static str,
    status_message: Option<&'a str>,
    #[serde(serialize_with = "json::amount_or_null")]
    cost_usd: Option<Usd>,
    cost_source: &'static str,
    cost_verdict: &'static str,
    #[serde(serialize_with = "json::amount_or_null")]
    claimed_cost_usd: Option<Usd>,
    cost_note: Option<String>,
    cost_detail: CostDetail<'a>,
    user: Option<&'a str>,
    owners: Owners,
    session: Option<&'a str>,
    environment: Option<&'a str>,
    data_tag: &'static str,
    peer: Option<&'a str>,
    model: Option<&'a str>,
    provider: Option<&'a str>,
    tokens_in: Option<u64>,
    tokens_out: Option<u64>,
    attributes: Object<'a>,
    resource: Object<'a>,
    events: Vec<Event<'a>>,
    links: Vec<Link<'a>>,
    warnings: &'a [String],
}

/// How the owners are known.
#[derive(Serialize)]
struct Owners {
    tenant: Owner,
    user: Owner,
    capability: Owner,
}

#[derive(Serialize)]
struct Owner {
    source: &'static str,
    inherited: bool,
}

/// Everything that was considered for the cost; only `cost_usd` beside it is summed.
#[derive(Serialize)]
struct CostDetail<'a> {
    #[serde(serialize_with = "json::amount_or_null")]
    reported_usd: Option<Usd>,
    derived: Option<Derived<'a>>,
    #[serde(serialize_with = "json::amount_or_null")]
    accumulated_usd: Option<Usd>,
}

#[derive(Serialize)]
struct Derived<'a> {
    #[serde(serialize_with = "json::amount")]
    usd: Usd,
    price_revision: &'a str,
    lines: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    label: &'a str,
    tokens: u64,
    #[serde(serialize_with = "json::amount")]
    usd_per_million: Usd,
    #[serde(serialize_with = "json::amount")]
    usd: Usd,
}

#[derive(Serialize)]
struct Event<'a> {
    time: DateTime<Utc>,
    name: &'a str,
    attributes: Object<'a>,
}

#[derive(Serialize)]
struct Link<'a> {
    trace_id: TraceId,
    span_id: SpanId,
    attributes: Object<'a>,
}

impl<'a> SpanLine<'a> {
    pub fn new(span: &'a Span) -> Self {
        let call = span.model_call.as_ref();
        Self {
            span_id: span.span_id,
            parent_span_id: span.parent_span_id,
            operation_name: &span.name,
            service: &span.service,
            capability: span.capability.as_deref(),
            tenant: span.tenant.as_deref(),
            start_time: span.start.to_datetime(),
            end_time: UnixNanos(span.start.0.saturating_add(span.duration_ns)).to_datetime(),
            duration_ms: span.duration_ns,
            kind: span.kind.as_str(),
            category: span.category.as_str(),
            status: span.status.as_str(),
            status_message: span.status_message.as_deref(),
            cost_usd: span.cost.usd,
            cost_source: span.cost.source.as_str(),
            cost_verdict: span.cost.verdict.as_str(),
            claimed_cost_usd: span.cost.claimed,
            cost_note: span.cost.explanation(),
            cost_detail: CostDetail {
                reported_usd: span.cost.reported,
                derived: span.cost.derived.as_ref().map(derived),
                accumulated_usd: span.cost.accumulated,
            },
            user: span.user.as_deref(),
            owners: Owners {
                tenant: owner(span.known.tenant),
                user: owner(span.known.user),
                capability: owner(span.known.capability),
            },
            session: span.session.as_deref(),
            environment: span.environment.as_deref(),
            data_tag: span.data_tag.as_str(),
            peer: span.peer.as_deref(),
            model: call.and_then(|call| call.model.as_deref()),
            provider: call.and_then(|call| call.provider.as_deref()),
            tokens_in: call.and_then(|call| call.usage.input),
            tokens_out: call.and_then(|call| call.usage.output),
            attributes: Object(&span.detail.attributes),
            resource: Object(&span.detail.resource),
            events: span.detail.events.iter().map(event).collect(),
            links: span.detail.links.iter().map(link).collect(),
            warnings: &span.detail.warnings,
        }
    }
}

const fn owner(known: Provenance) -> Owner {
    let source = match known.source {
        OwnerSource::Nobody => "nobody",
        OwnerSource::Carried => "carried",
        OwnerSource::Resource => "resource",
        OwnerSource::Span => "span",
        OwnerSource::Key => "key",
    };
    Owner { source, inherited: known.inherited }
}

fn derived(derived: &DerivedCost) -> Derived<'_> {
    Derived {
        usd: derived.usd,
        price_revision: &derived.price_revision,
        lines: derived.lines.iter().map(line).collect(),
    }
}

fn line(line: &PriceLine) -> Line<'_> {
    Line { label: &line.label, tokens: line.tokens, usd_per_million: line.usd_per_million, usd: line.usd }
}

fn event(event: &model::span::Event) -> Event<'_> {
    Event { time: event.time.to_datetime(), name: &event.name, attributes: Object(&event.attributes) }
}

fn link(link: &model::span::Link) -> Link<'_> {
    Link { trace_id: link.trace_id, span_id: link.span_id, attributes: Object(&link.attributes) }
}
