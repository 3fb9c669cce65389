//! OpenTelemetry's messages: `gen_ai.input.messages` and its like, on the span or on the event that has the details of a call.

use serde_json::Value as Json;

use super::Dialect;
use crate::attribute::Attributes;
use crate::conversation::{Message, Side, json, shape};
use crate::span::Span;

pub const DIALECT: Dialect = Dialect { keys: &[SYSTEM, INPUT, OUTPUT], prefixes: &[], read };

const SYSTEM: &str = "gen_ai.system_instructions";
const INPUT: &str = "gen_ai.input.messages";
const OUTPUT: &str = "gen_ai.output.messages";
const EVENT: &str = "gen_ai.client.inference.operation.details";

fn read(span: &Span, side: Side) -> Vec<Message> {
    let details = span.detail.events.iter().filter(|event| event.name == EVENT).map(|event| &event.attributes);
    let told = std::iter::once(&span.detail.attributes).chain(details).map(|attributes| of(attributes, side));
    told.into_iter().find(|messages| !messages.is_empty()).unwrap_or_default()
}

fn of(attributes: &Attributes, side: Side) -> Vec<Message> {
    let told = |key| attributes.get(key).map(json::of);
    let listed = |messages: Json| shape::messages(&messages, side).unwrap_or_default();
    match side {
        Side::Input => {
            let system = told(SYSTEM).filter(|system| !system.is_null()).map(|system| shape::system(&system, side));
            system.into_iter().chain(told(INPUT).map(listed).unwrap_or_default()).collect()
        }
        Side::Output => told(OUTPUT).map(listed).unwrap_or_default(),
    }
}
