//! How much of a dialogue is kept.

use super::{Conversation, Excerpt, Message, Part, Skipped};

/// Of a dialogue that is too long, so many messages from its beginning are kept, and the latest.
const FIRST_KEPT: usize = 20;

/// Bytes of all texts of a dialogue together: a page of it must stay one that a browser lays out.
const BYTES_MAX: usize = 1024 * 1024;

/// What each text still shows once they are too much together.
const SHORT_BYTES: usize = 200;

/// Bytes of a role, a name, an id.
const LABEL_BYTES_MAX: usize = 200;

/// The messages, as many as are kept, their texts as long as there is room for them.
pub fn bounded(mut messages: Vec<Message>) -> Conversation {
    let over = messages.len().saturating_sub(Conversation::MESSAGES_MAX);
    let skipped = (over > 0).then_some(Skipped { after: FIRST_KEPT, count: over });
    if over > 0 {
        messages.drain(FIRST_KEPT..FIRST_KEPT + over);
    }
    let mut room = BYTES_MAX;
    for part in messages.iter_mut().flat_map(|message| &mut message.parts) {
        if let Some(excerpt) = excerpt_of(part) {
            excerpt.shorten(room.max(SHORT_BYTES));
            room = room.saturating_sub(excerpt.text.len());
        }
    }
    Conversation { messages, skipped }
}

const fn excerpt_of(part: &mut Part) -> Option<&mut Excerpt> {
    match part {
        Part::Text(excerpt) | Part::Reasoning(excerpt) | Part::Other(excerpt) => Some(excerpt),
        Part::ToolCall { arguments, .. } => Some(arguments),
        Part::ToolResult { result, .. } => Some(result),
        Part::Media(_) | Part::Skipped(_) => None,
    }
}

/// The beginning of a text, at most so many bytes, without half a character at its end.
pub fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// A word from outside, as long as words are.
pub fn label(text: &str) -> String {
    let kept = cut(text, LABEL_BYTES_MAX);
    if kept.len() < text.len() { format!("{kept}…") } else { kept.to_owned() }
}
