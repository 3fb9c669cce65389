//! What a row is called in addresses, whatever its index is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{IdError, SpanId};

/// Stands before the id of the first of similar spans.
const SIMILAR: char = 'x';

/// The name of a row: folds are known by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum RowKey {
    /// A span, or the parent that never came, by its id.
    Span(SpanId),
    /// Similar spans, by the id of the first of them.
    Similar(SpanId),
}

impl fmt::Display for RowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span(span_id) => write!(f, "{span_id}"),
            Self::Similar(first) => write!(f, "{SIMILAR}{first}"),
        }
    }
}

impl FromStr for RowKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        match text.strip_prefix(SIMILAR) {
            Some(first) => first.parse().map(Self::Similar),
            None => text.parse().map(Self::Span),
        }
    }
}

impl From<RowKey> for String {
    fn from(key: RowKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for RowKey {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_name_in_an_address() {
        let id: SpanId = "00f067aa0ba902b7".parse().unwrap();
        for key in [RowKey::Span(id), RowKey::Similar(id)] {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        assert!("y00f067aa0ba902b7".parse::<RowKey>().is_err());
    }
}
