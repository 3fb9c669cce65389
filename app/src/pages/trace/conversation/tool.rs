//! What a tool was called with and what it gave back, from the span of its run.

use model::Span;
use model::conversation::{Excerpt, excerpt};

use super::read::{Kind, Said, of_excerpt};

/// Where instrumentations put the name of the tool.
const NAMES: [&str; 4] = ["gen_ai.tool.name", "tool.name", "ai.toolCall.name", "traceloop.entity.name"];

/// What it was called with.
const ARGUMENTS: [&str; 11] = [
    "gen_ai.tool.call.arguments",
    "tool.args",
    "tool.arguments",
    "tool.parameters",
    "tool_arguments",
    "ai.toolCall.args",
    "ai.toolCall.input",
    "input.value",
    "traceloop.entity.input",
    "langfuse.observation.input",
    "mlflow.spanInputs",
];

/// What it gave back.
const RESULTS: [&str; 9] = [
    "gen_ai.tool.call.result",
    "tool.result",
    "tool_response",
    "ai.toolCall.result",
    "ai.toolCall.output",
    "output.value",
    "traceloop.entity.output",
    "langfuse.observation.output",
    "mlflow.spanOutputs",
];

/// Its name, when the span tells it.
pub fn name(span: &Span) -> Option<String> {
    NAMES.iter().find_map(|key| span.detail.attributes.text(key)).map(str::to_owned)
}

/// What went in and came out, as far as the span tells it.
pub fn said(span: &Span) -> Vec<Said> {
    let first = |keys: &[&str]| keys.iter().find_map(|key| span.detail.attributes.get(key)).map(excerpt);
    let tool = name(span).unwrap_or_else(|| span.name.clone());
    let arguments = first(&ARGUMENTS).filter(|said| !said.is_empty());
    let result = first(&RESULTS).filter(|said| !said.is_empty());
    let one = |kind: Kind, excerpt: &Excerpt, is_answer: bool| Said {
        role: "Tool".to_owned(),
        is_system: false,
        is_answer,
        pieces: vec![of_excerpt(kind, excerpt)],
    };
    let went_in = arguments.map(|arguments| one(Kind::Call(tool.clone()), &arguments, false));
    let came_out = result.map(|result| one(Kind::Result(Some(tool)), &result, true));
    went_in.into_iter().chain(came_out).collect()
}
