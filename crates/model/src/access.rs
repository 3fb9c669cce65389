//! Who may come in, as far as people are shown: keys by their names, never what they are.

use serde::{Deserialize, Serialize};

use crate::price::FileProblem;

/// The keys in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysStatus {
    /// The file they come from.
    pub path: String,
    /// The keys, in the order of the file.
    pub keys: Vec<KeyLine>,
    /// Why the file cannot be used, when the keys are those before it.
    pub problem: Option<FileProblem>,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLine {
    /// What it is called.
    pub name: String,
    /// The tenant it is of; `None` is everybody's.
    pub tenant: Option<String>,
    /// What it may be used for: `ingest, read`.
    pub uses: String,
}
