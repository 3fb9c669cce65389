//! Langfuse: what an observation was given and what it gave, as any JSON.

use super::Dialect;
use super::plain::value;
use crate::conversation::{Message, Side};
use crate::span::Span;

pub const DIALECT: Dialect = Dialect { keys: &[INPUT, OUTPUT], prefixes: &[], read };

const INPUT: &str = "langfuse.observation.input";
const OUTPUT: &str = "langfuse.observation.output";

fn read(span: &Span, side: Side) -> Vec<Message> {
    value(span, side, if side == Side::Input { INPUT } else { OUTPUT })
}
