//! The calls of models in a trace: what rows do not show and sums do.

use std::collections::HashMap;

use crate::id::SpanId;

/// One call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Its model, as a place in the list of models; past its end when it told tokens and no model.
    pub model: u32,
    /// Tokens in; `None` is unknown.
    pub tokens_in: Option<i32>,
    /// Tokens out; `None` is unknown.
    pub tokens_out: Option<i32>,
}

/// The calls of a trace by their spans.
#[derive(Debug, Default)]
pub struct Calls {
    by_span: HashMap<SpanId, Call>,
    models: Vec<String>,
    /// There were more than could be read.
    is_cut: bool,
}

impl Calls {
    /// These calls of these models; `is_cut` when there are more.
    pub fn new(by_span: HashMap<SpanId, Call>, models: Vec<String>, is_cut: bool) -> Self {
        Self { by_span, models, is_cut }
    }

    /// Whether there were more than could be read.
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_span.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_span.is_empty()
    }

    /// The call that a span is.
    pub fn of(&self, span_id: SpanId) -> Option<Call> {
        self.by_span.get(&span_id).copied()
    }

    /// The name of a model; empty for none.
    pub fn model(&self, place: u32) -> &str {
        self.models.get(place as usize).map_or("", String::as_str)
    }
}
