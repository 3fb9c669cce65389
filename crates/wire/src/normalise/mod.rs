//! One meaning out of many dialects: a [`RawSpan`] becomes a [`Span`].
//!
//! `dialects` has a file for each dialect, with its keys, its words and its quirks; `precedence` puts their keys in order;
//! `found` reads a span by them. Each further file decides one thing: category, cost, usage, outcome, peer, service, time.
//! Nothing is thrown away: the attributes stay in the span's detail as they were sent, and whatever had to be bent is told
//! in its warnings.
//!
//! To add a dialect:
//! 1. install its SDK, run it once, look at what it sends, and make that a test;
//! 2. a file in `dialects` with a constant per list of keys, and the test;
//! 3. each constant at its place in the rows of `precedence`, and in the specification beside them;
//! 4. if it has words of its own for the sort of work: a field for their key, a `category` function, listed in `category`;
//! 5. if it counts or reports in a way of its own: a function for that, listed in `usage` or called in `cost`.

mod category;
mod cost;
mod dialects;
mod field;
mod found;
mod json_text;
mod keys;
mod label;
mod model_call;
mod outcome;
mod owners;
mod peer;
mod precedence;
mod sanitise;
mod service;
mod service_tier;
#[cfg(test)]
pub(crate) mod testing;
mod time;
mod usage;

use std::sync::Arc;

use model::span::{DataTag, Detail, Event, Span, SpanKind};
use model::time::UnixNanos;

use self::dialects::documents;
use self::field::Field;
use self::found::Found;
use crate::raw::{RawEvent, RawSpan, warn};

/// The span as the whole product sees it. Its cost is what was reported, or none; pricing comes later.
pub fn span(mut raw: RawSpan) -> Span {
    sanitise::clean(&mut raw);
    let mut warnings = std::mem::take(&mut raw.warnings);
    let name = label::fit_name(std::mem::take(&mut raw.name), &mut warnings);
    let found = Found::in_span(&raw);
    let (start, duration_ns) = time::of_span(&raw, &mut warnings);
    let (status, status_message) = outcome::of_span(&raw, &found);
    // 0 may be read as internal; so are numbers from the future.
    let kind = i16::try_from(raw.kind).ok().and_then(SpanKind::from_code).unwrap_or(SpanKind::Internal);
    let category = category::of_span(&found, kind);
    let cost = cost::of_span(&found, &mut warnings);
    let model_call = model_call::of_span(&found, category, &mut warnings);
    let provider = model_call.as_ref().and_then(|call| call.provider.as_deref());
    let peer = peer::of_span(&found, kind, category, provider, &mut warnings);
    let service = service::of_span(&raw, &found, &mut warnings);
    let owners = owners::of_span(&raw, &found, &mut warnings);
    let mut label = |what, field| found.text(field).map(|label| label::fit(what, &label, &mut warnings));
    let session = label("the session", Field::Session);
    let environment = label("the environment", Field::Environment);
    let priced_as = documents::priced_as(&found).map(|name| label::fit("the operation type", &name, &mut warnings));
    let data_tag = data_tag(&found, &mut warnings);
    let data_size_bytes = found.count(Field::DataSize);
    Span {
        trace_id: raw.trace_id,
        span_id: raw.span_id,
        parent_span_id: raw.parent_span_id,
        name,
        service,
        kind,
        category,
        status,
        status_message,
        start,
        duration_ns,
        tenant: owners.tenant,
        capability: owners.capability,
        user: owners.user,
        known: owners.known,
        session,
        environment,
        data_tag,
        peer,
        model_call,
        cost,
        priced_as,
        data_size_bytes,
        detail: detail(raw, warnings),
    }
}

/// The data class. A class we do not know restricts more than none: it counts as sensitive.
fn data_tag(found: &Found<'_>, warnings: &mut Vec<String>) -> DataTag {
    let Some(sent) = found.text(Field::DataTag) else { return DataTag::ExportOk };
    let known = DataTag::ALL.iter().copied().find(|tag| tag.as_str().eq_ignore_ascii_case(&sent));
    known.unwrap_or_else(|| {
        warn(warnings, "data_tag is not one of PII, SENSITIVE and EXPORT_OK and counts as SENSITIVE");
        DataTag::Sensitive
    })
}

fn detail(raw: RawSpan, mut warnings: Vec<String>) -> Detail {
    let events = raw.events.into_iter().map(|event| event_of(event, &mut warnings)).collect();
    Detail {
        attributes: raw.attributes,
        resource: Arc::clone(&raw.origin.resource),
        scope_name: raw.origin.scope_name.clone(),
        scope_version: raw.origin.scope_version.clone(),
        events,
        links: raw.links,
        trace_state: raw.trace_state,
        flags: raw.flags,
        dropped: raw.dropped,
        warnings,
    }
}

fn event_of(raw: RawEvent, warnings: &mut Vec<String>) -> Event {
    let time = UnixNanos(time::point(raw.time_ns, "event", warnings));
    Event { time, name: raw.name, attributes: raw.attributes }
}

#[cfg(test)]
mod tests;
