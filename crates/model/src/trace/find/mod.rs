//! Finding spans within one trace: a small language of words and conditions, all of which a span has to meet.
//!
//! A word is part of a span's name, of its service or of the value of any attribute. `duration > 1s`, `self > 10ms`, `cost > 0.01`,
//! `status = error`, `service = openai`, `name = …` and `kind = client` are about what every span has; any other name is an
//! attribute, and so is one of these in quotes. What only rows need to know is decided first ([`matching`]), without reading payloads.
//!
//! To add a field: a variant of [`Field`], its line in [`Field::ALL`], its arms in `parse` and in [`matching`].

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::span::SpanKind;
use crate::usd::Usd;

pub mod matching;
mod parse;
mod print;
mod words;

pub use words::{contains, places};

/// Bytes a find may have: it stands in an address, and nobody types more.
pub const TEXT_BYTES_MAX: usize = 500;

/// Terms a find may have: which of them are still open is kept in a number of 32 bits per span.
pub const TERMS_MAX: usize = 20;

/// What is looked for: every term holds. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Find {
    terms: Vec<Term>,
}

/// One thing a span has to meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// Part of its name, of its service or of the value of an attribute, whatever the case.
    Word(String),
    /// How long it took, or how long nothing below it ran.
    Time(Field, Sign, i64),
    /// Its own cost; one without a known cost meets nothing.
    Cost(Sign, Usd),
    /// Whether it failed.
    Failed(bool),
    /// Its role, or any other.
    Kind(SpanKind, bool),
    /// Its name or its service, or any other.
    Text(Field, String, bool),
    /// What it says under a name of its own.
    Attribute(String, Sign, String),
}

/// What every span has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// How long it took.
    Duration,
    /// The part of it in which no child ran.
    SelfTime,
    /// Own cost.
    Cost,
    /// Outcome.
    Status,
    /// Service.
    Service,
    /// Operation.
    Name,
    /// Role in the call.
    Kind,
}

impl Field {
    /// Every field by the name it has in a find; the first of several names is the one that is printed.
    pub const ALL: [(&'static str, Self); 8] = [
        ("duration", Self::Duration),
        ("self", Self::SelfTime),
        ("cost", Self::Cost),
        ("status", Self::Status),
        ("service", Self::Service),
        ("name", Self::Name),
        ("operation", Self::Name),
        ("kind", Self::Kind),
    ];

    /// The field of this name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, field)| field)
    }

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }
}

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// The same.
    Equal,
    /// Another one.
    Other,
    /// More.
    Above,
    /// As much or more.
    AtLeast,
    /// Less.
    Below,
    /// As much or less.
    AtMost,
}

impl Sign {
    /// Every sign as it is written; of two that begin alike the longer one comes first.
    pub const ALL: [(&'static str, Self); 6] = [
        ("!=", Self::Other),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("=", Self::Equal),
        (">", Self::Above),
        ("<", Self::Below),
    ];

    /// The sign as it is written.
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(_, sign)| *sign == self).map_or("", |(text, _)| text)
    }

    /// Whether `left` and `right` compare so; values that do not compare never do.
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Other => left != right,
            Self::Above => left > right,
            Self::AtLeast => left >= right,
            Self::Below => left < right,
            Self::AtMost => left <= right,
        }
    }

    /// Whether it asks which of two is more.
    const fn orders(self) -> bool {
        !matches!(self, Self::Equal | Self::Other)
    }
}

/// A find that cannot be meant as it is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got {got}")]
pub struct FindError {
    /// What was expected, and where.
    pub expected: String,
    /// What was there instead.
    pub got: String,
}

impl Find {
    /// What is looked for, in the order it was written.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The words among the terms: they are marked where they are found.
    pub fn words(&self) -> Vec<String> {
        let word = |term: &Term| match term {
            Term::Word(word) => Some(word.clone()),
            _ => None,
        };
        self.terms.iter().filter_map(word).collect()
    }
}

impl From<Find> for String {
    fn from(find: Find) -> Self {
        find.to_string()
    }
}

impl TryFrom<String> for Find {
    type Error = FindError;

    fn try_from(text: String) -> Result<Self, FindError> {
        text.parse()
    }
}

impl fmt::Display for Find {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            write!(f, "{space}{term}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
