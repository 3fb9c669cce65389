//! What a span says beyond the columns it has: kept as one compressed message.
//!
//! To keep one more thing of a span: a field in `message`, a line in `pack` and one in `restore`, and
//! `tests::a_span_comes_back_as_it_was` covers it.

mod attributes;
pub mod dictionary;
mod frame;
mod message;
mod repack;
mod said;
mod told;

use std::sync::Arc;

use model::cost::{DerivedCost, PriceLine, Usage};
use model::span::{Detail, Event, Link, ModelCall};
use model::time::UnixNanos;
use model::{Span, SpanId, TraceId, Usd};
use prost::Message;

pub use dictionary::Dictionary;
pub use frame::Packer;
pub(crate) use frame::Unpacker;
pub(crate) use repack::{Repacker, explanation};
pub(crate) use said::{Sayings, said, sayings, unpacker};
pub(crate) use told::{events, told};

/// Appends the payload of `span` to `to`, taking out of the span what goes in.
pub(crate) fn pack(span: &mut Span, packer: &mut Packer, to: &mut Vec<u8>) {
    let detail = std::mem::take(&mut span.detail);
    let message = message::Payload {
        // The packer writes them straight from the span.
        attributes: Vec::new(),
        // And these once: neighbours share theirs.
        resource: Vec::new(),
        scope_name: detail.scope_name,
        scope_version: detail.scope_version,
        events: detail.events.into_iter().map(keep_event).collect(),
        links: detail.links.into_iter().map(keep_link).collect(),
        trace_state: detail.trace_state,
        flags: detail.flags,
        dropped: if detail.dropped == [0; 3] { Vec::new() } else { detail.dropped.to_vec() },
        warnings: detail.warnings,
        status_message: span.status_message.take(),
        session: span.session.take(),
        model_call: span.model_call.take().map(keep_model_call),
        cost: keep_cost(span),
        priced_as: span.priced_as.take(),
        data_size_bytes: span.data_size_bytes,
    };
    packer.pack(&message, &detail.attributes, detail.resource, to);
}

/// Puts what [`pack`] took back into `span`; `Err` says the payload cannot be read.
pub(crate) fn restore(span: &mut Span, frame: &[u8], unpacker: &mut Unpacker) -> Result<(), String> {
    let bytes = unpacker.unpack(frame).map_err(|error| error.to_string())?;
    let message = message::Payload::decode(bytes.as_slice()).map_err(|error| error.to_string())?;
    let mut dropped = [0; 3];
    dropped.iter_mut().zip(message.dropped).for_each(|(to, count)| *to = count);
    span.detail = Detail {
        attributes: attributes::restore(message.attributes),
        resource: Arc::new(attributes::restore(message.resource)),
        scope_name: message.scope_name,
        scope_version: message.scope_version,
        events: message.events.into_iter().map(restore_event).collect(),
        links: message.links.into_iter().filter_map(restore_link).collect(),
        trace_state: message.trace_state,
        flags: message.flags,
        dropped,
        warnings: message.warnings,
    };
    span.status_message = message.status_message;
    span.session = message.session;
    span.model_call = message.model_call.map(restore_model_call);
    span.priced_as = message.priced_as;
    span.data_size_bytes = message.data_size_bytes;
    if let Some(cost) = message.cost {
        span.cost.note = cost.note;
        span.cost.reported = cost.reported_pico.map(Usd::from_pico);
        span.cost.accumulated = cost.accumulated_pico.map(Usd::from_pico);
        span.cost.derived = cost.derived.map(restore_derived);
    }
    Ok(())
}

fn keep_event(event: Event) -> message::Event {
    message::Event { time: event.time.0, name: event.name, attributes: attributes::keep(event.attributes) }
}

fn restore_event(event: message::Event) -> Event {
    Event { time: UnixNanos(event.time), name: event.name, attributes: attributes::restore(event.attributes) }
}

fn keep_link(link: Link) -> message::Link {
    message::Link {
        trace_id: link.trace_id.to_bytes().to_vec(),
        span_id: link.span_id.to_bytes().to_vec(),
        attributes: attributes::keep(link.attributes),
    }
}

/// Links are kept with ids that were valid, so none is lost here.
fn restore_link(link: message::Link) -> Option<Link> {
    Some(Link {
        trace_id: TraceId::from_slice(&link.trace_id).ok()?,
        span_id: SpanId::from_slice(&link.span_id).ok()?,
        attributes: attributes::restore(link.attributes),
    })
}

fn keep_model_call(call: ModelCall) -> message::ModelCall {
    message::ModelCall {
        provider: call.provider,
        model: call.model,
        request_model: call.request_model,
        input: call.usage.input,
        output: call.usage.output,
        cache_read: call.usage.cache_read,
        cache_write: call.usage.cache_write,
        reasoning: call.usage.reasoning,
        usage_note: call.usage.note,
        service_tier: call.service_tier,
    }
}

fn restore_model_call(call: message::ModelCall) -> ModelCall {
    ModelCall {
        provider: call.provider,
        model: call.model,
        request_model: call.request_model,
        usage: Usage {
            input: call.input,
            output: call.output,
            cache_read: call.cache_read,
            cache_write: call.cache_write,
            reasoning: call.reasoning,
            note: call.usage_note,
        },
        service_tier: call.service_tier,
    }
}

fn keep_cost(span: &mut Span) -> Option<message::Cost> {
    let cost = message::Cost {
        note: span.cost.note.take(),
        reported_pico: span.cost.reported.map(Usd::pico),
        accumulated_pico: span.cost.accumulated.map(Usd::pico),
        derived: span.cost.derived.take().map(keep_derived),
    };
    (cost != message::Cost::default()).then_some(cost)
}

/// What follows from tokens and prices is left out: it has many digits, and none of them repeats.
fn keep_derived(derived: DerivedCost) -> message::Derived {
    let sum = derived.lines.iter().try_fold(Usd::ZERO, |sum, line| sum.checked_add(line.usd));
    let pico = if sum == Some(derived.usd) { 0 } else { derived.usd.pico() };
    let lines = derived.lines.into_iter().map(|line| {
        let follows = PriceLine::new("", line.tokens, line.usd_per_million).is_some_and(|new| new.usd == line.usd);
        message::Line {
            label: line.label,
            tokens: line.tokens,
            pico_per_million: line.usd_per_million.pico(),
            pico: if follows { 0 } else { line.usd.pico() },
        }
    });
    message::Derived { pico, lines: lines.collect(), price_revision: derived.price_revision }
}

fn restore_derived(derived: message::Derived) -> DerivedCost {
    let lines = derived.lines.into_iter().map(|line| {
        let usd_per_million = Usd::from_pico(line.pico_per_million);
        let kept = |usd| PriceLine { label: String::new(), tokens: line.tokens, usd_per_million, usd };
        let new = Some(line.pico).filter(|pico| *pico == 0);
        let new = new.and_then(|_| PriceLine::new(String::new(), line.tokens, usd_per_million));
        PriceLine { label: line.label, ..new.unwrap_or_else(|| kept(Usd::from_pico(line.pico))) }
    });
    let lines: Vec<PriceLine> = lines.collect();
    let sum = lines.iter().try_fold(Usd::ZERO, |sum, line| sum.checked_add(line.usd));
    let usd = sum.filter(|_| derived.pico == 0).unwrap_or(Usd::from_pico(derived.pico));
    DerivedCost { usd, lines, price_revision: derived.price_revision }
}
