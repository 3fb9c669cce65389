//! The file of budgets is looked at again while the server runs.
//!
//! A file that cannot be used never replaces budgets that can: they stay in force, and the reason is logged once, shown on the
//! page, and a gauge in `/metrics`. A file that goes away is such a file, since editors take files away to write them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use metrics::gauge;
use model::Usd;
use model::budget::Budget;
use model::budget::rulebook::BudgetFile;
use model::price::FileProblem;

use crate::causes;
use crate::rules::budgets::{self, Budgets};
use crate::rules::{BUDGETS_FILE, parsed, read};

/// What the file said when it could last be used.
#[derive(Debug, Clone)]
pub struct FileOfBudgets {
    /// `None` without a folder of rules.
    path: Option<PathBuf>,
    /// What was read last, whether it could be used or not; `None` is no file, or one that cannot be read.
    text: Option<String>,
    /// Its budgets.
    pub budgets: Vec<Arc<Budget>>,
    /// What one trace may cost.
    pub trace_limit: Option<Usd>,
    is_there: bool,
    loaded_at: DateTime<Utc>,
    problem: Option<FileProblem>,
}

impl FileOfBudgets {
    /// The file within `folder`, which said this at `now`.
    pub fn new(folder: Option<&Path>, said: Budgets, now: DateTime<Utc>) -> Self {
        let path = folder.map(|folder| folder.join(BUDGETS_FILE));
        let Budgets { budgets, trace_limit } = said;
        let file = Self {
            is_there: path.as_ref().is_some_and(|path| path.exists()),
            path,
            text: None,
            budgets: budgets.into_iter().map(Arc::new).collect(),
            trace_limit,
            loaded_at: now,
            problem: None,
        };
        file.tell();
        file
    }

    /// What is told of it.
    pub fn status(&self) -> Option<BudgetFile> {
        let path = self.path.as_ref()?.display().to_string();
        Some(BudgetFile { path, is_there: self.is_there, loaded_at: self.loaded_at, problem: self.problem.clone() })
    }

    /// Takes over what it says if that has changed and can be used.
    pub fn look(&mut self, now: DateTime<Utc>) {
        let Some(path) = &self.path else { return };
        match read(path) {
            Ok(None) if self.is_there => {
                let gone =
                    "there is no such file any more, and its last budgets stay in force; for none, write `budgets: []`";
                self.refuse(format!("{}: {gone}", path.display()), None, now);
            }
            Ok(None) => {}
            Ok(Some(text)) if self.text.as_ref() == Some(&text) => {}
            Ok(Some(text)) => match parsed(path, &text, |_, text| budgets::parse(text)) {
                Ok(said) => self.take_over(said, text, now),
                Err(error) => self.refuse(causes::of(&error.into()), Some(text), now),
            },
            Err(error) => self.refuse(causes::of(&error.into()), None, now),
        }
        self.tell();
    }

    fn take_over(&mut self, said: Budgets, text: String, now: DateTime<Utc>) {
        let was_broken = self.problem.take().is_some();
        self.text = Some(text);
        self.is_there = true;
        let is_new = self.trace_limit != said.trace_limit || !self.budgets.iter().map(Arc::as_ref).eq(&said.budgets);
        if is_new {
            tracing::info!(budgets = said.budgets.len(), "new budgets are in force");
            self.budgets = said.budgets.into_iter().map(Arc::new).collect();
            self.trace_limit = said.trace_limit;
            self.loaded_at = now;
        } else if was_broken {
            tracing::info!("the file of budgets is what is in force again");
        }
    }

    /// Says so once: a file is looked at every few seconds.
    fn refuse(&mut self, reason: String, text: Option<String>, now: DateTime<Utc>) {
        self.text = text;
        if self.problem.as_ref().is_some_and(|problem| problem.reason == reason) {
            return;
        }
        tracing::error!(reason, "the file of budgets cannot be used; the budgets before it stay in force");
        let since = self.problem.as_ref().map_or(now, |problem| problem.since);
        self.problem = Some(FileProblem { since, reason });
    }

    fn tell(&self) {
        gauge!("tracetab_budgets_file_entries").set(self.budgets.len() as f64);
        gauge!("tracetab_budgets_file_broken").set(if self.problem.is_some() { 1.0 } else { 0.0 });
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const GOOD: &str = "budgets:\n  - {name: Acme, scope: tenant acme, period: day, limit_usd: 1}\n";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn limits(file: &FileOfBudgets) -> Vec<String> {
        file.budgets.iter().map(|budget| budget.limit.to_string()).collect()
    }

    #[test]
    fn a_changed_file_is_taken_over_and_a_broken_or_missing_one_leaves_what_was_there() {
        let folder = std::env::temp_dir().join(format!("tracetab-reload-budgets-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |text: &str| fs::write(folder.join(BUDGETS_FILE), text).unwrap();
        let mut file = FileOfBudgets::new(Some(&folder), Budgets::default(), at(0));
        file.look(at(1));
        let status = file.status().unwrap();
        assert_eq!((status.is_there, &status.problem), (false, &None), "no file is no mistake");

        write(GOOD);
        file.look(at(2));
        assert_eq!((limits(&file), file.status().unwrap().loaded_at), (vec!["1".to_owned()], at(2)));

        write(&GOOD.replace("limit_usd: 1", "limit_usd: much"));
        file.look(at(3));
        file.look(at(4));
        let problem = file.status().unwrap().problem.unwrap();
        assert_eq!((limits(&file), problem.since), (vec!["1".to_owned()], at(3)));
        assert!(problem.reason.contains("budgets.yaml: ") && problem.reason.contains("at line 2 "), "{problem:?}");

        fs::remove_file(folder.join(BUDGETS_FILE)).unwrap();
        file.look(at(5));
        let status = file.status().unwrap();
        assert!(status.is_there && status.problem.unwrap().reason.contains("write `budgets: []`"));
        assert_eq!(limits(&file), ["1"]);

        write(GOOD);
        file.look(at(6));
        assert_eq!((file.status().unwrap().problem, file.status().unwrap().loaded_at), (None, at(2)), "as it was");
        write("trace_limit_usd: none\nbudgets: []");
        file.look(at(7));
        assert_eq!((limits(&file), file.trace_limit), (Vec::new(), None));
        fs::remove_dir_all(&folder).unwrap();
    }
}
