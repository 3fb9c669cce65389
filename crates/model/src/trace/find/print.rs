//! A find as text that reads back to the same find.

use std::fmt;

use super::parse::sign_at;
use super::{Field, Term};
use crate::trace::filter::duration;

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |is_equal: bool| if is_equal { "=" } else { "!=" };
        match self {
            Self::Word(word) => write_text(f, word, reads_as_condition(word)),
            Self::Time(field, sign, ns) => write!(f, "{}{}{}", field.name(), sign.as_str(), duration::print_ns(*ns)),
            Self::Cost(sign, cost) => write!(f, "{}{}{cost}", Field::Cost.name(), sign.as_str()),
            Self::Failed(failed) => write!(f, "status={}", if *failed { "error" } else { "ok" }),
            Self::Kind(kind, is_equal) => write!(f, "kind{}{kind}", sign(*is_equal)),
            Self::Text(field, text, is_equal) => {
                write!(f, "{}{}", field.name(), sign(*is_equal))?;
                write_text(f, text, false)
            }
            Self::Attribute(key, sign, value) => {
                // Together with the sign after it, a mark at its end would be another sign.
                write_text(f, key, Field::named(key).is_some() || key.ends_with('!'))?;
                f.write_str(sign.as_str())?;
                write_text(f, value, false)
            }
        }
    }
}

/// `service:openai` is a condition unless it is quoted.
fn reads_as_condition(word: &str) -> bool {
    word.split_once(':').is_some_and(|(field, _)| Field::named(field).is_some())
}

/// A text, in quotes where it would be read as something else.
fn write_text(f: &mut fmt::Formatter<'_>, text: &str, is_special: bool) -> fmt::Result {
    let breaks = |(at, character): (usize, char)| character.is_whitespace() || sign_at(&text[at..]).is_some();
    if !is_special && !text.is_empty() && !text.starts_with('"') && !text.char_indices().any(breaks) {
        return f.write_str(text);
    }
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
