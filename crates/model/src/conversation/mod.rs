//! What a program and a model said to each other, read from one span in whatever dialect it was told.
//!
//! [`messages`] asks the `dialects`, one file each, for what was told to the model and for what it answered; for either the first
//! that knows something is believed, so that a span which says the same in two dialects does not say it twice. They all end in
//! `message` and `part`, which know the shapes in which the providers write one message and one part of it. Texts are kept as
//! [`Excerpt`]s: cut, with the size of the whole. To add a dialect: a file in `dialects` with its test, and its line in `DIALECTS`.

use crate::attribute::Value;
use crate::span::Span;

pub use self::excerpt::Excerpt;
pub use self::media::Media;
pub use self::role::Role;

mod bound;
mod dialects;
mod excerpt;
mod json;
mod media;
mod message;
mod part;
mod role;
mod shape;
#[cfg(test)]
mod tests;
mod tool;
mod unflatten;

/// A dialogue, oldest message first: what was told to the model, then what it answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// The messages, at most [`Conversation::MESSAGES_MAX`].
    pub messages: Vec<Message>,
    /// What was left out of `messages`, when there were more.
    pub skipped: Option<Skipped>,
}

impl Conversation {
    /// Messages kept of one span: more than people read, few enough for a page.
    pub const MESSAGES_MAX: usize = 400;

    /// Whether nothing was said.
    pub const fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// What was told to the model.
    pub fn input(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| message.side == Side::Input)
    }

    /// What the model answered.
    pub fn output(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().filter(|message| message.side == Side::Output)
    }
}

/// Messages in the middle of a long dialogue that are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// They stood after so many of the kept ones.
    pub after: usize,
    /// How many they are.
    pub count: usize,
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// To the model.
    Input,
    /// From the model.
    Output,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which way it went.
    pub side: Side,
    /// Who speaks.
    pub role: Role,
    /// The speaker's name, when there is one beside the role.
    pub name: Option<String>,
    /// What is said, in order.
    pub parts: Vec<Part>,
    /// Why the model stopped (`stop`, `length`, `tool_calls`, ...), as it said it.
    pub finish_reason: Option<String>,
}

/// A piece of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words, or JSON where the model was asked for that.
    Text(Excerpt),
    /// What the model thought on the way.
    Reasoning(Excerpt),
    /// The model asks for a tool.
    ToolCall {
        /// Ties it to its result.
        id: Option<String>,
        /// The tool.
        name: String,
        /// What it is to be called with.
        arguments: Excerpt,
    },
    /// What a tool gave back.
    ToolResult {
        /// Ties it to its call.
        id: Option<String>,
        /// The tool, when the result names it.
        name: Option<String>,
        /// What it gave.
        result: Excerpt,
    },
    /// An image, a sound, a file: what it is, never what is in it.
    Media(Media),
    /// Anything of a kind that is not known here, as JSON.
    Other(Excerpt),
    /// So many further parts are not kept.
    Skipped(usize),
}

/// The messages of a span; none when it has none, whatever its attributes are made of.
pub fn messages(span: &Span) -> Conversation {
    let sides = [Side::Input, Side::Output];
    let told = sides.into_iter().flat_map(|side| {
        let read = dialects::DIALECTS.iter().map(|dialect| (dialect.read)(span, side));
        read.into_iter().find(|messages| !messages.is_empty()).unwrap_or_default()
    });
    bound::bounded(told.collect())
}

/// A value as a text of a dialogue: words as words, all else as JSON.
pub fn excerpt(value: &Value) -> Excerpt {
    Excerpt::of(&json::of(value))
}

/// Whether an attribute under this key holds messages, so that what [`messages`] read from it need not be shown again.
pub fn holds_messages(key: &str) -> bool {
    dialects::DIALECTS
        .iter()
        .any(|dialect| dialect.keys.contains(&key) || dialect.prefixes.iter().any(|prefix| key.starts_with(prefix)))
}
