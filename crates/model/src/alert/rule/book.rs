//! All rules there are, with where each comes from: `trace_alerts.yaml`, or the database, where people keep theirs.
//!
//! Rules are known by their names. Of two with one name the file's counts: whoever runs the server has written it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Rule;
use crate::budget::rulebook::Origin;
use crate::price::FileProblem;

/// Rules of a file, and as many that people keep: each is a query every few seconds.
pub const RULES_MAX: usize = 200;

/// A rule that is kept in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What it is addressed by.
    pub id: i64,
    /// The rule.
    pub rule: Rule,
    /// Raised by every change, so that who changes it says what they have seen.
    pub version: i64,
    /// Who changed it last.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A rule of the book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What it is addressed by, if it was made here.
    pub id: Option<i64>,
    /// The rule.
    pub rule: Rule,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether it counts; one that was made here does not while the file has one of its name.
    pub in_force: bool,
}

/// The file of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFile {
    /// Where it is, or would be; `None` without a folder of rules.
    pub path: Option<String>,
    /// Since when its rules are in force; without a file, those that are built in.
    pub loaded_at: DateTime<Utc>,
    /// Why what is in the file now is not in force.
    pub problem: Option<FileProblem>,
}

/// Those of the file in its order, then those that were made here.
pub fn listed(of_file: &[Rule], kept: Vec<Kept>) -> Vec<Listed> {
    let taken: HashSet<&str> = of_file.iter().map(|rule| rule.name.as_str()).collect();
    let of_file =
        of_file.iter().map(|rule| Listed { id: None, rule: rule.clone(), origin: Origin::File, in_force: true });
    let here = kept.into_iter().map(|Kept { id, rule, version, by, at }| Listed {
        id: Some(id),
        in_force: !taken.contains(rule.name.as_str()),
        rule,
        origin: Origin::Here { version, by, at },
    });
    of_file.chain(here).collect()
}

#[cfg(test)]
mod tests {
    use super::super::draft::Draft;
    use super::*;

    fn rule(name: &str) -> Rule {
        let [name, query, window, severity] = [name, "trace depth > 5", "1m", "info"].map(str::to_owned);
        Draft { name, query, window, severity, ..Draft::default() }.read().unwrap()
    }

    #[test]
    fn of_two_with_one_name_the_file_has_its_way() {
        let at = DateTime::UNIX_EPOCH;
        let kept = |id, name| Kept { id, rule: rule(name), version: 1, by: "Robin".to_owned(), at };
        let all = listed(&[rule("a"), rule("b")], vec![kept(1, "b"), kept(2, "c")]);
        let found: Vec<_> = all.iter().map(|each| (each.rule.name.as_str(), each.id, each.in_force)).collect();
        assert_eq!(found, [("a", None, true), ("b", None, true), ("b", Some(1), false), ("c", Some(2), true)]);
    }
}
