//! What a sender said of a span, as attributes.

use std::sync::Arc;

use model::Span;
use model::attribute::{Attributes, Text, Value};
use model::owner::Provenance;

use crate::normalise;
use crate::raw::{Origin, RawSpan};

/// The attributes of a span as they were sent, and after them what the sender said in fields that only its protocol has.
pub fn attributes(span: &Span) -> Attributes {
    let mut said = span.detail.attributes.clone();
    let read = normalise::span(raw(span));
    let mut add = |key: &str, value: Value| said.0.push((Text::from(key), value));
    let owners = [
        ("tenant", &span.tenant, &read.tenant, span.known.tenant),
        ("user.id", &span.user, &read.user, span.known.user),
        ("capability", &span.capability, &read.capability, span.known.capability),
    ];
    for (key, is, says, known) in owners {
        if let Some(owner) = unsaid(is.as_ref(), says.as_ref()).filter(|_| is_own(known)) {
            add(key, Value::from(owner.as_str()));
        }
    }
    for (key, is, says) in [
        ("session.id", &span.session, &read.session),
        ("deployment.environment.name", &span.environment, &read.environment),
        ("peer.service", &span.peer, &read.peer),
    ] {
        if let Some(label) = unsaid(is.as_ref(), says.as_ref()) {
            add(key, Value::from(label.as_str()));
        }
    }
    // A resource without a name gets it where it is written.
    if span.service != read.service && span.detail.resource.get("service.name").is_some() {
        add("service", Value::from(span.service.as_str()));
    }
    if span.data_tag != read.data_tag {
        add("data_tag", Value::from(span.data_tag.as_str()));
    }
    if let Some(reported) = unsaid(span.cost.reported.as_ref(), read.cost.reported.as_ref()) {
        // A number in JSON would be read as the nearest double.
        add("cost_usd", Value::from(reported.to_string()));
    }
    model_call(span, &read, &mut add);
    said
}

fn model_call(span: &Span, read: &Span, add: &mut dyn FnMut(&str, Value)) {
    let Some(call) = &span.model_call else { return };
    let says = read.model_call.as_ref();
    for (key, is, says) in [
        ("model", &call.model, says.and_then(|says| says.model.as_ref())),
        ("ai.provider", &call.provider, says.and_then(|says| says.provider.as_ref())),
    ] {
        if let Some(name) = unsaid(is.as_ref(), says) {
            add(key, Value::from(name.as_str()));
        }
    }
    for (key, is, says) in [
        ("tokens_in", call.usage.input, says.and_then(|says| says.usage.input)),
        ("tokens_out", call.usage.output, says.and_then(|says| says.usage.output)),
    ] {
        if let Some(tokens) = is.filter(|_| says.is_none()) {
            add(key, Value::Int(i64::try_from(tokens).unwrap_or(i64::MAX)));
        }
    }
}

/// What a span is known to be, unless its attributes say so already.
fn unsaid<'a, T: PartialEq>(is: Option<&'a T>, says: Option<&T>) -> Option<&'a T> {
    is.filter(|is| says != Some(is))
}

/// Whether the sender said it of this very span: what was inherited, or follows from a key, is not theirs.
fn is_own(known: Provenance) -> bool {
    use model::owner::OwnerSource::{Carried, Resource, Span};
    !known.inherited && matches!(known.source, Span | Resource | Carried)
}

/// The span as a protocol that has attributes and nothing else would bring it.
fn raw(span: &Span) -> RawSpan {
    let detail = &span.detail;
    RawSpan {
        name: span.name.clone(),
        kind: span.kind.code().into(),
        attributes: detail.attributes.clone(),
        origin: Arc::new(Origin {
            resource: Arc::clone(&detail.resource),
            scope_name: detail.scope_name.clone(),
            scope_version: detail.scope_version.clone(),
        }),
        trace_state: detail.trace_state.clone(),
        ..RawSpan::new(span.trace_id, span.span_id)
    }
}
