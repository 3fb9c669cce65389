//! All budgets there are, with where each comes from: `budgets.yaml`, or the database, where people keep theirs.
//!
//! Budgets are addressed by their names. Of two with one address the file's counts: whoever runs the server has written it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Budget;
use crate::price::FileProblem;
use crate::span::code_enum;
use crate::usd::Usd;

/// Budgets of a file, and as many that people keep: each is a look at the totals every second or so.
pub const BUDGETS_MAX: usize = 100;

/// A budget that is kept in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its rule.
    pub budget: Budget,
    /// Raised by every change, so that who changes it says what they have seen.
    pub version: i64,
    /// Who changed it last.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where a budget comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// The file, which only whoever runs the server changes.
    File,
    /// Made here.
    Here {
        /// Which version of it.
        version: i64,
        /// Who changed it last.
        by: String,
        /// When.
        at: DateTime<Utc>,
    },
}

/// A budget of the rulebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its rule.
    pub budget: Arc<Budget>,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether it counts; one that was made here does not while the file has one of its address.
    pub in_force: bool,
}

/// The file of budgets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetFile {
    /// Where it is, or would be.
    pub path: String,
    /// Whether its budgets are in force; without a file there are none of it.
    pub is_there: bool,
    /// Since when.
    pub loaded_at: DateTime<Utc>,
    /// Why what is in the file now is not in force.
    pub problem: Option<FileProblem>,
}

/// Every budget there is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rulebook {
    /// Those of the file in its order, then those that were made here.
    pub budgets: Vec<Listed>,
    /// What one trace may cost; `None` is as much as it likes.
    pub trace_limit: Option<Usd>,
    /// The file; `None` when there is no folder for it.
    pub file: Option<BudgetFile>,
}

impl Rulebook {
    /// The budgets of the file and those that are kept.
    pub fn new(of_file: &[Arc<Budget>], kept: Vec<Kept>, trace_limit: Option<Usd>, file: Option<BudgetFile>) -> Self {
        let taken: HashSet<String> = of_file.iter().map(|budget| budget.slug()).collect();
        let of_file =
            of_file.iter().map(|budget| Listed { budget: Arc::clone(budget), origin: Origin::File, in_force: true });
        let here = kept.into_iter().map(|kept| Listed {
            in_force: !taken.contains(&kept.budget.slug()),
            origin: Origin::Here { version: kept.version, by: kept.by, at: kept.at },
            budget: Arc::new(kept.budget),
        });
        Self { budgets: of_file.chain(here).collect(), trace_limit, file }
    }

    /// The budgets that count.
    pub fn in_force(&self) -> Vec<Arc<Budget>> {
        self.budgets.iter().filter(|listed| listed.in_force).map(|listed| Arc::clone(&listed.budget)).collect()
    }

    /// Where the budgets that count come from, by their addresses.
    pub fn origins(&self) -> HashMap<String, &Origin> {
        let in_force = self.budgets.iter().filter(|listed| listed.in_force);
        in_force.map(|listed| (listed.budget.slug(), &listed.origin)).collect()
    }

    /// Those that were made here, whether they count or not.
    pub fn kept(&self) -> Vec<Kept> {
        let kept = self.budgets.iter().filter_map(|listed| match &listed.origin {
            Origin::File => None,
            Origin::Here { version, by, at } => {
                let budget = Budget::clone(&listed.budget);
                Some(Kept { budget, version: *version, by: by.clone(), at: *at })
            }
        });
        kept.collect()
    }

    /// The budget that was made here under this address, whether it counts or not.
    pub fn made_here(&self, slug: &str) -> Option<&Listed> {
        self.budgets.iter().find(|listed| listed.origin != Origin::File && listed.budget.slug() == slug)
    }
}

code_enum! {
    /// What somebody did to a budget.
    Action {
        /// There was none of this address.
        Made = 0, "made";
        /// It is another one now.
        Changed = 1, "changed";
        /// It is gone.
        Deleted = 2, "deleted";
    }
}

/// A line of the history of budgets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Ascending.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// Why, in their words; may be empty.
    pub note: String,
    /// What.
    pub action: Action,
    /// What it was addressed by, before a change of its name.
    pub slug: String,
    /// The name it has, or had.
    pub name: String,
    /// What it said before; empty when it was made.
    pub before: String,
    /// What it says since; empty when it was deleted.
    pub after: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Reading;
    use crate::budget::draft::Draft;

    fn a_budget(name: &str) -> Budget {
        let [scope, period, limit_usd] = ["all", "day", "1"].map(str::to_owned);
        Draft { name: name.to_owned(), scope, period, limit_usd, ..Draft::default() }.read().unwrap()
    }

    fn kept(name: &str) -> Kept {
        Kept { budget: a_budget(name), version: 1, by: "Robin".into(), at: DateTime::UNIX_EPOCH }
    }

    #[test]
    fn of_two_with_one_address_the_one_of_the_file_counts_and_the_other_is_still_told_of() {
        let file = [Arc::new(a_budget("Acme"))];
        let book = Rulebook::new(&file, vec![kept("ACME"), kept("Beta")], None, None);
        let names = |book: &Rulebook| book.in_force().iter().map(|budget| budget.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&book), ["Acme", "Beta"]);
        assert_eq!(book.origins().get("acme"), Some(&&Origin::File));
        assert_eq!(book.kept(), [kept("ACME"), kept("Beta")]);
        let shadowed = book.made_here("acme").unwrap();
        assert!(!shadowed.in_force && shadowed.budget.name == "ACME");
        let without = Rulebook::new(&[], vec![kept("ACME"), kept("Beta")], None, None);
        assert_eq!(names(&without), ["ACME", "Beta"], "it counts as soon as the file lets it");
    }

    #[test]
    fn a_reading_tells_where_its_own_budgets_come_from_whatever_there_is_by_now() {
        let of = |book: Rulebook| {
            let rules = book.in_force().into_iter().map(|budget| (budget, Vec::new())).collect();
            Reading::new(rules, DateTime::UNIX_EPOCH).of_rulebook(Arc::new(book))
        };
        let file = [Arc::new(a_budget("Acme"))];
        let reading = of(Rulebook::new(&file, vec![kept("ACME"), kept("Beta")], None, None));
        let origins: Vec<_> = reading.lines.iter().map(|line| reading.origin(&line.budget)).collect();
        let Origin::Here { .. } = origins[1].unwrap() else { panic!("{origins:?}") };
        assert_eq!(origins[0], Some(&Origin::File));
        let later = of(Rulebook::new(&[], vec![kept("ACME")], None, None));
        assert_eq!(later.origin(&reading.lines[0].budget), None, "it is of another reading");
    }
}
