//! Prices of one's own as people write them and see them: names and expressions, lines to copy, the state of the file.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Characters that no name of a model, provider or operation has, and expressions have.
const OF_EXPRESSIONS: &[char] = &['*', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$', '\\'];

/// Whether a pattern of the price file is a regular expression rather than a name. A plus alone is part of names
/// (`command-r+`), a point of nearly all.
pub fn is_regex(pattern: &str) -> bool {
    pattern.contains(OF_EXPRESSIONS) || pattern.contains(".+")
}

/// The prices in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookStatus {
    /// Which prices are built in.
    pub built_in: String,
    /// The file of one's own prices; `None` when there is no folder for it.
    pub file: Option<FileStatus>,
}

/// The file of one's own prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileStatus {
    /// Where it is, or would be.
    pub path: String,
    /// What every cost made of it keeps: its name and a hash of its content; `None` when no file is in force.
    pub revision: Option<String>,
    /// Since when it is in force.
    pub loaded_at: DateTime<Utc>,
    /// Its entries in words, in their order.
    pub entries: Vec<String>,
    /// Why what is in the file now is not in force.
    pub problem: Option<FileProblem>,
}

/// A file that cannot be used; the prices before it stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// When it was noticed.
    pub since: DateTime<Utc>,
    /// What is wrong, with line and what was expected.
    pub reason: String,
}
