//! Rules out of a folder of YAML files; so far those of alerts.
//!
//! A file that cannot be used is an error with file, line and what was expected; nothing is ever half loaded. A file that
//! is not there leaves the built-in rules, which are the documented ones, word for word.

mod alerts;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use model::alert::Rule;

/// The file of alert rules within the folder.
const ALERTS_FILE: &str = "trace_alerts.yaml";

const BUILT_IN_ALERTS: &str = include_str!("trace_alerts.yaml");

/// The rules in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// What fires alerts.
    pub alerts: Vec<Rule>,
}

/// Why rules could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The folder is not there, or a file in it cannot be read.
    #[error("cannot read {}; TRACETAB_RULES must name a folder that may hold {ALERTS_FILE}", .path.display())]
    Unreadable {
        /// Folder or file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is not what it should be; the message has line and column where they are known.
    #[error("{}: {message}", .path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong, where, and what was expected.
        message: String,
    },
}

impl Rules {
    /// The rules of `folder`, or the built-in ones without a folder.
    pub fn load(folder: Option<&Path>) -> Result<Self, RulesError> {
        let Some(folder) = folder else { return Self::parse(Path::new(ALERTS_FILE), BUILT_IN_ALERTS) };
        // A folder that is not there is a typing mistake; a file that is not there is a choice.
        fs::read_dir(folder).map_err(|source| RulesError::Unreadable { path: folder.to_owned(), source })?;
        let path = folder.join(ALERTS_FILE);
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&path, &text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::load(None),
            Err(source) => Err(RulesError::Unreadable { path, source }),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, RulesError> {
        let alerts = alerts::parse(text).map_err(|message| RulesError::Invalid { path: path.to_owned(), message })?;
        Ok(Self { alerts })
    }
}

#[cfg(test)]
mod tests;
