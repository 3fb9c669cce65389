//! The dialogue of a trace: its model calls and tools in the order they began, with what each cost and the running total.
//!
//! [`Dialogue`] is which turns there are and what they cost, from the laid out trace alone; [`History`] takes out of the messages of a
//! call what calls before it have told already. Payloads are read by whoever shows a page of turns.

use serde::{Deserialize, Serialize};

use super::waterfall::Waterfall;
use super::waterfall::columns::Columns;
use crate::id::SpanId;
use crate::span::Category;
use crate::usd::{Usd, UsdSum};

mod history;

pub use history::{Fresh, History};

/// Model calls before a page of turns whose messages are known to it: a call repeats what the one before it told, and of several
/// conversations side by side each has its own.
const BEFORE_MAX: usize = 10;

/// Some turns of a dialogue, and the whole in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialogue {
    /// The turns of the page.
    pub turns: Vec<Turn>,
    /// Turns before the page.
    pub first: usize,
    /// All turns.
    pub turns_total: usize,
    /// Model calls among all turns.
    pub model_calls: usize,
    /// What all turns cost; unknown costs add nothing.
    pub cost: UsdSum,
    /// Turns without a known cost.
    pub unpriced: usize,
    /// The last model calls before the page, oldest first.
    pub before: Vec<SpanId>,
}

/// A call of a model or a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// Its span.
    pub span_id: SpanId,
    /// A tool, not a model.
    pub is_tool: bool,
    /// When it began, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// How long it took, in nanoseconds.
    pub duration_ns: i64,
    /// It failed.
    pub failed: bool,
    /// Its own cost; `None` is unknown.
    pub cost: Option<Usd>,
    /// What all turns up to it cost, itself included.
    pub running: UsdSum,
}

impl Waterfall {
    /// The turns from the place `first` on, at most `count`; past the end those of the last page.
    pub fn dialogue(&self, first: usize, count: usize) -> Dialogue {
        let (spans, start_ns) = (self.columns(), self.extent().start_ns);
        let is_turn = |span: &u32| match spans.category(*span) {
            Category::Tool => true,
            _ => self.is_model_call(*span),
        };
        let mut all: Vec<u32> = (0..spans.len() as u32).filter(is_turn).collect();
        all.sort_unstable_by_key(|&span| (spans.start(span), spans.span_id(span)));
        let is_tool = |span: u32| spans.category(span) == Category::Tool;
        let first = first.min(all.len().saturating_sub(1) / count.max(1) * count.max(1));
        let mut running: UsdSum = all[..first].iter().filter_map(|&span| spans.cost(span)).sum();
        let turn = |&span: &u32| {
            running += spans.cost(span).unwrap_or_default().into();
            Turn {
                span_id: spans.span_id(span),
                is_tool: is_tool(span),
                offset_ns: spans.start(span).saturating_sub(start_ns),
                duration_ns: spans.duration(span),
                failed: spans.has_failed(span),
                cost: spans.cost(span),
                running,
            }
        };
        Dialogue {
            turns: all[first..].iter().take(count).map(turn).collect(),
            first,
            turns_total: all.len(),
            model_calls: all.iter().filter(|&&span| !is_tool(span)).count(),
            cost: all.iter().filter_map(|&span| spans.cost(span)).sum(),
            unpriced: all.iter().filter(|&&span| spans.cost(span).is_none()).count(),
            before: before(spans, &all[..first]),
        }
    }
}

/// The last model calls of these.
fn before(spans: &Columns, turns: &[u32]) -> Vec<SpanId> {
    let calls = turns.iter().rev().filter(|&&span| spans.category(span) == Category::Llm);
    let mut last: Vec<SpanId> = calls.take(BEFORE_MAX).map(|&span| spans.span_id(span)).collect();
    last.reverse();
    last
}

#[cfg(test)]
mod tests;
