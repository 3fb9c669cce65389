//! Rules out of a folder of YAML files: those of alerts, prices of one's own, budgets, keys, and who hears of alerts.
//!
//! A file that cannot be used is an error with file, line and what was expected; nothing is ever half loaded. A file that
//! is not there leaves what is built in: the documented alert rules, word for word, no price of one's own, no budget, a cent
//! for each trace, nobody is asked for a key, and nobody is told. All of them are looked at again while the server runs
//! ([`reload`], [`crate::keys::ring`]).
//! To add a file: a module that parses its text, a field of [`Rules`], a line in [`Rules::load`].

pub mod alerts;
pub mod budgets;
pub mod fetched;
pub mod keys;
pub mod notifications;
pub mod prices;
pub mod reload;
mod scalar;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use model::alert::Rule;

use self::budgets::Budgets;
use crate::keys::Key;
use crate::notify::Receiver;
use crate::pipeline::price::overrides::Overrides;

/// The file of alert rules within the folder.
pub const ALERTS_FILE: &str = "trace_alerts.yaml";

/// The file of prices within the folder.
pub const PRICES_FILE: &str = "prices.yaml";

/// The file of budgets within the folder.
pub const BUDGETS_FILE: &str = "budgets.yaml";

/// The file of keys within the folder.
pub const KEYS_FILE: &str = "keys.yaml";

/// The file of those who hear of alerts within the folder.
const NOTIFICATIONS_FILE: &str = "notifications.yaml";

/// Largest file of rules: all that is in one is kept in memory.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

const BUILT_IN_ALERTS: &str = include_str!("trace_alerts.yaml");

/// The rules in force.
#[derive(Debug, Default)]
pub struct Rules {
    /// What fires alerts.
    pub alerts: Vec<Rule>,
    /// Prices that are asked before the built-in ones; without a file, none.
    pub prices: Overrides,
    /// What may be spent.
    pub budgets: Budgets,
    /// Who may come in; without a file, everybody.
    pub keys: Option<Vec<Key>>,
    /// Who hears of alerts; without a file, nobody.
    pub receivers: Vec<Receiver>,
}

/// Why rules could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    /// The folder is not there, or a file in it cannot be read.
    #[error(
        "cannot read {}; TRACETAB_RULES must name a folder that may hold {ALERTS_FILE}, {PRICES_FILE}, {BUDGETS_FILE}, {KEYS_FILE} and {NOTIFICATIONS_FILE}",
        .path.display()
    )]
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
        let alerts = match load(folder, ALERTS_FILE, |_, text| alerts::parse(text))? {
            Some(alerts) => alerts,
            None => parsed(Path::new(ALERTS_FILE), BUILT_IN_ALERTS, |_, text| alerts::parse(text))?,
        };
        let prices = load(folder, PRICES_FILE, prices::parse)?.unwrap_or_default();
        let budgets = load(folder, BUDGETS_FILE, |_, text| budgets::parse(text))?.unwrap_or_default();
        let keys = load(folder, KEYS_FILE, |_, text| keys::parse(text))?;
        let receivers = load(folder, NOTIFICATIONS_FILE, |_, text| notifications::parse(text))?.unwrap_or_default();
        Ok(Self { alerts, prices, budgets, keys, receivers })
    }
}

/// What a parser makes of a path and the text that came from it.
pub(crate) type Parse<T> = fn(&Path, &str) -> Result<T, String>;

/// What the file `name` within the folder says; `None` when there is none.
fn load<T>(folder: Option<&Path>, name: &str, parse: Parse<T>) -> Result<Option<T>, RulesError> {
    let Some(path) = folder.map(|folder| folder.join(name)) else { return Ok(None) };
    read(&path)?.map(|text| parsed(&path, &text, parse)).transpose()
}

pub(crate) fn parsed<T>(path: &Path, text: &str, parse: Parse<T>) -> Result<T, RulesError> {
    parse(path, text).map_err(|message| RulesError::Invalid { path: path.to_owned(), message })
}

/// The text of a file; `None` when there is no such file.
pub(crate) fn read(path: &Path) -> Result<Option<String>, RulesError> {
    let unreadable = |source| RulesError::Unreadable { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(unreadable(source)),
    };
    let mut text = String::new();
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > FILE_BYTES_MAX {
        let message = format!("it is larger than {FILE_BYTES_MAX} bytes; expected a file of rules");
        return Err(RulesError::Invalid { path: path.to_owned(), message });
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests;
