//! Who speaks.

use super::bound::label;

/// Who says a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Whoever set the model up: system and developer prompts.
    System,
    /// Whoever asks.
    User,
    /// The model.
    Assistant,
    /// A tool that answers the model.
    Tool,
    /// Anybody else, by the word that was sent.
    Other(String),
}

impl Role {
    /// The role by any of the words for it.
    pub fn of(word: &str) -> Self {
        Self::known(word).unwrap_or_else(|| Self::Other(label(word)))
    }

    /// The same, and nothing for a word that is none of them.
    pub fn known(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        match word.strip_suffix("message").unwrap_or(&word).trim_end_matches('_') {
            "system" | "developer" => Some(Self::System),
            "user" | "human" => Some(Self::User),
            "assistant" | "ai" | "model" | "aichunk" => Some(Self::Assistant),
            "tool" | "function" => Some(Self::Tool),
            _ => None,
        }
    }

    /// The word for people.
    pub fn as_str(&self) -> &str {
        match self {
            Self::System => "System",
            Self::User => "User",
            Self::Assistant => "Assistant",
            Self::Tool => "Tool",
            Self::Other(word) => word,
        }
    }
}
