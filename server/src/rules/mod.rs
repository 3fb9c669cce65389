//! Rules out of a folder of YAML files: alerts and budgets.
//!
//! A file that cannot be used is an error with file, line and what was expected; nothing is ever half loaded. A file that
//! is not there leaves what is built in: the documented alert rules, word for word, no budget, a cent for each trace.
//! To add a file: a module that parses its text, a field of [`Rules`], a line in [`Rules::load`].

pub mod budgets;

mod alerts;
mod scalar;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use model::alert::Rule;

use budgets::Budgets;

/// The file of alert rules within the folder.
const ALERTS_FILE: &str = "trace_alerts.yaml";

/// The file of budgets within the folder.
const BUDGETS_FILE: &str = "budgets.yaml";

const BUILT_IN_ALERTS: &str = include_str!("trace_alerts.yaml");

/// The rules in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// What fires alerts.
    pub alerts: Vec<Rule>,
    /// What may be spent.
    pub budgets: Budgets,
}

/// Why rules could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The folder is not there, or a file in it cannot be read.
    #[error("cannot read {}; TRACETAB_RULES must name a folder that may hold {ALERTS_FILE} and {BUDGETS_FILE}", .path.display())]
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
        if let Some(folder) = folder {
            // A folder that is not there is a typing mistake; a file that is not there is a choice.
            fs::read_dir(folder).map_err(|source| RulesError::Unreadable { path: folder.to_owned(), source })?;
        }
        let alerts = match read(folder, ALERTS_FILE)? {
            Some((path, text)) => parsed(&path, &text, alerts::parse)?,
            None => parsed(Path::new(ALERTS_FILE), BUILT_IN_ALERTS, alerts::parse)?,
        };
        let budgets = match read(folder, BUDGETS_FILE)? {
            Some((path, text)) => parsed(&path, &text, budgets::parse)?,
            None => Budgets::default(),
        };
        Ok(Self { alerts, budgets })
    }
}

/// The text of a file within the folder; `None` when there is none.
fn read(folder: Option<&Path>, name: &str) -> Result<Option<(PathBuf, String)>, RulesError> {
    let Some(path) = folder.map(|folder| folder.join(name)) else { return Ok(None) };
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RulesError::Unreadable { path, source }),
    }
}

fn parsed<T>(path: &Path, text: &str, parse: fn(&str) -> Result<T, String>) -> Result<T, RulesError> {
    parse(text).map_err(|message| RulesError::Invalid { path: path.to_owned(), message })
}

#[cfg(test)]
mod tests;
