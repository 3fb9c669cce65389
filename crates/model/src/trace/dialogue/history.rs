//! What a call tells that no call before it told.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::conversation::{Conversation, Excerpt, Message, Part, Side};

/// What has been told, as numbers.
#[derive(Debug, Default)]
pub struct History {
    told: HashSet<u64>,
}

/// The messages of a call without those it repeats.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fresh {
    /// Messages from the beginning of what went to the model that were told before.
    pub repeated: usize,
    /// The others, oldest first; what the model answered is always among them.
    pub messages: Vec<Message>,
    /// Messages that were not read, because a call has too many.
    pub skipped: usize,
}

impl History {
    /// What is new in a call, which is told from now on.
    ///
    /// Models are sent the whole of what was said before, so what repeats stands at the beginning. A message that comes again after
    /// something new was said is new: people say "yes" twice.
    pub fn tell(&mut self, call: Conversation) -> Fresh {
        let is_known = |message: &&Message| message.side == Side::Input && self.told.contains(&number(message));
        let repeated = call.messages.iter().take_while(is_known).count();
        self.told.extend(call.messages.iter().map(number));
        let skipped = call.skipped.map_or(0, |skipped| skipped.count);
        Fresh { repeated, messages: call.messages.into_iter().skip(repeated).collect(), skipped }
    }
}

/// A message as a number: who says what, whichever way it goes. What was an answer comes back as part of the next question.
fn number(message: &Message) -> u64 {
    let mut hasher = DefaultHasher::new();
    message.role.as_str().hash(&mut hasher);
    for part in &message.parts {
        std::mem::discriminant(part).hash(&mut hasher);
        let mut text = |excerpt: &Excerpt| (&excerpt.text, excerpt.bytes).hash(&mut hasher);
        match part {
            Part::Text(excerpt) | Part::Reasoning(excerpt) | Part::Other(excerpt) => text(excerpt),
            Part::ToolCall { id, name, arguments } => {
                text(arguments);
                (id, name).hash(&mut hasher);
            }
            Part::ToolResult { id, name, result } => {
                text(result);
                (id, name).hash(&mut hasher);
            }
            Part::Media(media) => (&media.kind, &media.media_type, media.bytes, &media.reference).hash(&mut hasher),
            Part::Skipped(count) => count.hash(&mut hasher),
        }
    }
    hasher.finish()
}
