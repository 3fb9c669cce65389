//! `input.value` and `output.value`: anything that went in and came out. Langfuse, OpenLLMetry and MLflow do the same by other names.

use super::Dialect;
use crate::conversation::message::{plain, speaker};
use crate::conversation::{Message, Role, Side, part, shape};
use crate::span::{Category, Span};

pub const DIALECT: Dialect = Dialect { keys: &[INPUT, OUTPUT], prefixes: &[], read };

const INPUT: &str = "input.value";
const OUTPUT: &str = "output.value";

fn read(span: &Span, side: Side) -> Vec<Message> {
    value(span, side, if side == Side::Input { INPUT } else { OUTPUT })
}

/// The messages in the value under a key. A value without messages is one when the span is a model call, and what went in or came
/// out when it groups such; what a tool or a query was given is no message at all.
pub fn value(span: &Span, side: Side, key: &str) -> Vec<Message> {
    let role = match span.category {
        Category::Llm => Some(speaker(side)),
        Category::Agent | Category::Workflow | Category::Decision => {
            Some(Role::Other(if side == Side::Input { "Input" } else { "Output" }.to_owned()))
        }
        Category::Other => None,
        _ => return Vec::new(),
    };
    let Some(value) = span.detail.attributes.get(key).map(|value| value.to_json()) else { return Vec::new() };
    shape::messages(&value, side).unwrap_or_else(|| {
        let parts = part::all(&value);
        role.filter(|_| !parts.is_empty()).map(|role| plain(side, role, parts)).into_iter().collect()
    })
}
