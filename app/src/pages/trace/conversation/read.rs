//! Reads a page of turns: their payloads, a slice at a time, and of those only what is shown.

use std::collections::HashMap;

use model::conversation::{self, Excerpt, Part, Role, Side};
use model::trace::dialogue::{Dialogue, Fresh, History, Turn as Place};
use model::trace::waterfall::Layout;
use model::{Span, SpanId, TraceId, Usd, UsdSum};
use serde::{Deserialize, Serialize};
use store::Db;

use super::tool;
use crate::error::ApiError;
use crate::islands::waterfall::links::TraceUrl;

/// Turns of one page: some screens.
pub const TURNS_PER_PAGE: usize = 25;

/// Spans read at once: a payload may be megabytes.
const SPANS_AT_ONCE: usize = 5;

/// New messages shown of one turn, the latest: what went before is in the drawer.
const MESSAGES_PER_TURN_MAX: usize = 20;

/// Parts shown of one message.
const PIECES_MAX: usize = 12;

/// Bytes shown of one text: with a page of turns that say as much as they can it makes two megabytes.
const TEXT_BYTES_MAX: usize = 3_000;

/// A page of the dialogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The turns.
    pub turns: Vec<Turn>,
    /// Turns before the page.
    pub first: usize,
    /// All turns.
    pub turns_total: usize,
    /// Model calls among them.
    pub model_calls: usize,
    /// What all of them cost.
    pub cost: UsdSum,
    /// Turns without a known cost.
    pub unpriced: usize,
}

/// A call of a model or a tool, with what is new in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Its span.
    pub span_id: SpanId,
    /// A tool, not a model.
    pub is_tool: bool,
    /// When it began, in nanoseconds after the start of the trace.
    pub offset_ns: i64,
    /// How long it took, in nanoseconds.
    pub duration_ns: i64,
    /// Why it failed, in words that may be empty; `None` when it did not.
    pub failure: Option<String>,
    /// Its own cost; `None` is unknown.
    pub cost: Option<Usd>,
    /// What all turns up to it cost, itself included.
    pub running: UsdSum,
    /// The model or the tool; the operation where neither is named.
    pub who: String,
    /// Tokens that went in, how many of them from a cache, and that came out.
    pub tokens: [Option<u64>; 3],
    /// Messages told before, which are not shown again.
    pub repeated: usize,
    /// New messages that are left out.
    pub left_out: usize,
    /// What is new, oldest first.
    pub said: Vec<Said>,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Who speaks, in words.
    pub role: String,
    /// It sets the model up: shown folded.
    pub is_system: bool,
    /// The model says it in this call.
    pub is_answer: bool,
    /// What is said.
    pub pieces: Vec<Piece>,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Piece {
    /// What it is.
    pub kind: Kind,
    /// Its text, as far as it is shown.
    pub text: String,
    /// Bytes of the whole text.
    pub bytes: usize,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Words.
    Words,
    /// What the model thought on the way.
    Thought,
    /// What a tool is to be called with: the name of the tool.
    Call(String),
    /// What a tool gave back: its name, when it is told.
    Result(Option<String>),
    /// A note about something that is not shown.
    Note,
}

/// The page that an address names.
pub async fn of(db: &Db, kept: TraceId, layout: &Layout, url: &TraceUrl) -> Result<Page, ApiError> {
    let page: usize = url.option("page").and_then(|text| text.parse().ok()).unwrap_or(1).max(1);
    let first = (page - 1).saturating_mul(TURNS_PER_PAGE);
    let dialogue = layout.waterfall.dialogue(first, TURNS_PER_PAGE);
    let mut history = History::default();
    for slice in dialogue.before.chunks(SPANS_AT_ONCE) {
        for span in in_order(db, kept, slice).await? {
            history.tell(conversation::messages(&span));
        }
    }
    let mut turns = Vec::with_capacity(dialogue.turns.len());
    for slice in dialogue.turns.chunks(SPANS_AT_ONCE) {
        let ids: Vec<SpanId> = slice.iter().map(|turn| turn.span_id).collect();
        let spans: HashMap<SpanId, Span> =
            in_order(db, kept, &ids).await?.into_iter().map(|span| (span.span_id, span)).collect();
        // What was removed since the trace was laid out has no turn any more.
        let found = slice.iter().filter_map(|place| Some((place, spans.get(&place.span_id)?)));
        turns.extend(found.map(|(place, span)| turn(place, span, &mut history)));
    }
    let Dialogue { first, turns_total, model_calls, cost, unpriced, .. } = dialogue;
    Ok(Page { turns, first, turns_total, model_calls, cost, unpriced })
}

/// These spans with their payloads, in the order they are named.
async fn in_order(db: &Db, kept: TraceId, ids: &[SpanId]) -> Result<Vec<Span>, ApiError> {
    let mut spans = store::spans::some(db, kept, ids).await?;
    spans.sort_by_key(|span| ids.iter().position(|id| *id == span.span_id));
    Ok(spans)
}

fn turn(place: &Place, span: &Span, history: &mut History) -> Turn {
    let call = span.model_call.as_ref();
    let (who, said, repeated, left_out) = if place.is_tool {
        (tool::name(span), tool::said(span), 0, 0)
    } else {
        let Fresh { repeated, messages, skipped } = history.tell(conversation::messages(span));
        let over = messages.len().saturating_sub(MESSAGES_PER_TURN_MAX);
        let said = messages.iter().skip(over).map(said).collect();
        (call.and_then(|call| call.model.clone()), said, repeated, over + skipped)
    };
    let usage = call.map(|call| &call.usage);
    Turn {
        span_id: place.span_id,
        is_tool: place.is_tool,
        offset_ns: place.offset_ns,
        duration_ns: place.duration_ns,
        failure: place.failed.then(|| shown(span.status_message.as_deref().unwrap_or_default()).to_owned()),
        cost: place.cost,
        running: place.running,
        who: who.unwrap_or_else(|| span.name.clone()),
        tokens: usage.map_or([None; 3], |usage| [usage.input, usage.cache_read, usage.output]),
        repeated,
        left_out,
        said,
    }
}

fn said(message: &conversation::Message) -> Said {
    let mut pieces: Vec<Piece> = message.parts.iter().take(PIECES_MAX).map(piece).collect();
    if message.parts.len() > PIECES_MAX {
        pieces.push(note(format!("{} further parts", message.parts.len() - PIECES_MAX)));
    }
    Said {
        role: message.name.clone().unwrap_or_else(|| message.role.as_str().to_owned()),
        is_system: message.role == Role::System,
        is_answer: message.side == Side::Output,
        pieces,
    }
}

fn piece(part: &Part) -> Piece {
    match part {
        Part::Text(excerpt) | Part::Other(excerpt) => of_excerpt(Kind::Words, excerpt),
        Part::Reasoning(excerpt) => of_excerpt(Kind::Thought, excerpt),
        Part::ToolCall { name, arguments, .. } => of_excerpt(Kind::Call(name.clone()), arguments),
        Part::ToolResult { name, result, .. } => of_excerpt(Kind::Result(name.clone()), result),
        Part::Media(media) => {
            let facts = [media.media_type.clone(), media.bytes.map(|bytes| format!("{bytes} bytes"))];
            let facts: Vec<String> = facts.into_iter().chain([media.reference.clone()]).flatten().collect();
            note(format!("{} {}", media.kind, facts.join(", ")))
        }
        Part::Skipped(count) => note(format!("{count} further parts")),
    }
}

/// A text as far as it is shown.
pub(super) fn of_excerpt(kind: Kind, excerpt: &Excerpt) -> Piece {
    Piece { kind, text: shown(&excerpt.text).to_owned(), bytes: excerpt.bytes }
}

fn note(text: String) -> Piece {
    Piece { kind: Kind::Note, bytes: text.len(), text }
}

fn shown(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}
