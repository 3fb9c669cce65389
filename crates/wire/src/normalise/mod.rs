//! One meaning out of many dialects.

use std::sync::Arc;

use model::cost::{Cost, CostSource};
use model::span::{Category, DataTag, Detail, Event, Span, SpanKind, Status};
use model::time::UnixNanos;

use crate::raw::RawSpan;

/// The span as the whole product sees it. Its cost is what was reported, or none.
pub fn span(raw: RawSpan) -> Span {
    let text = |key: &str| raw.fields.text(key).or_else(|| raw.attributes.text(key)).map(str::to_owned);
    let reported = match raw.fields.get("cost_usd").or_else(|| raw.attributes.get("cost_usd")) {
        Some(model::attribute::Value::Double(double)) => model::Usd::from_f64_text(*double).ok(),
        _ => None,
    };
    let start = UnixNanos(i64::try_from(raw.start_ns).unwrap_or(i64::MAX));
    let end = i64::try_from(raw.end_ns).unwrap_or(i64::MAX);
    let service = raw.origin.resource.text("service.name").map(str::to_owned).or_else(|| text("service"));
    Span {
        trace_id: raw.trace_id,
        span_id: raw.span_id,
        parent_span_id: raw.parent_span_id,
        service: service.unwrap_or_else(|| "unknown_service".into()),
        kind: SpanKind::from_code(i16::try_from(raw.kind).unwrap_or(1)).unwrap_or(SpanKind::Internal),
        category: Category::Other,
        status: Status::from_code(i16::try_from(raw.status_code).unwrap_or(0)).unwrap_or(Status::Unset),
        status_message: Some(raw.status_message.clone()).filter(|text| !text.is_empty()),
        start,
        duration_ns: end.saturating_sub(start.0).max(0),
        tenant: text("tenant"),
        capability: text("capability"),
        user: text("user.id"),
        session: None,
        environment: None,
        data_tag: DataTag::ExportOk,
        peer: None,
        model_call: None,
        cost: Cost {
            usd: reported,
            source: if reported.is_some() { CostSource::Reported } else { CostSource::None },
            reported,
            ..Cost::default()
        },
        priced_as: None,
        data_size_bytes: None,
        detail: Detail {
            resource: Arc::clone(&raw.origin.resource),
            scope_name: raw.origin.scope_name.clone(),
            scope_version: raw.origin.scope_version.clone(),
            events: raw
                .events
                .into_iter()
                .map(|event| Event {
                    time: UnixNanos(i64::try_from(event.time_ns).unwrap_or(i64::MAX)),
                    name: event.name,
                    attributes: event.attributes,
                })
                .collect(),
            links: raw.links,
            trace_state: raw.trace_state,
            flags: raw.flags,
            dropped: raw.dropped,
            warnings: raw.warnings,
            attributes: raw.attributes,
        },
        name: raw.name,
    }
}
