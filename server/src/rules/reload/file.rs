//! A file of rules that is looked at again while the server runs.
//!
//! A file that cannot be used never replaces rules that can: they stay in force, and the reason is logged once, shown on the
//! page, and a gauge in `/metrics`. A file that goes away is such a file, since editors take files away to write them.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use metrics::gauge;
use model::price::FileProblem;

use crate::causes;
use crate::rules::{Parse, parsed, read};

/// What sort of file it is.
pub struct Sort<T> {
    /// Its name within the folder of rules.
    pub name: &'static str,
    /// What is in it, as it is called in messages and in `/metrics`.
    pub noun: &'static str,
    /// How to write that there is none.
    pub none: &'static str,
    /// Reads it.
    pub parse: Parse<T>,
    /// How many there are in it.
    pub count: fn(&T) -> usize,
}

// Derived, they would ask the same of what is read.
impl<T> Clone for Sort<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Sort<T> {}

/// What the file said when it could last be used.
#[derive(Clone)]
pub struct FileOf<T> {
    sort: Sort<T>,
    /// `None` without a folder of rules.
    path: Option<PathBuf>,
    /// What was read last, whether it could be used or not; `None` is no file, or one that cannot be read.
    text: Option<String>,
    said: T,
    is_there: bool,
    loaded_at: DateTime<Utc>,
    problem: Option<FileProblem>,
}

/// How a file stands.
pub struct Standing {
    /// Where it is, or would be.
    pub path: String,
    /// Whether what it says is in force; without a file there is nothing of it.
    pub is_there: bool,
    /// Since when.
    pub loaded_at: DateTime<Utc>,
    /// Why what is in the file now is not in force.
    pub problem: Option<FileProblem>,
}

impl<T: PartialEq> FileOf<T> {
    /// The file within `folder`, which said this at `now`.
    pub fn new(sort: Sort<T>, folder: Option<&Path>, said: T, now: DateTime<Utc>) -> Self {
        let path = folder.map(|folder| folder.join(sort.name));
        let is_there = path.as_ref().is_some_and(|path| path.exists());
        let file = Self { sort, path, text: None, said, is_there, loaded_at: now, problem: None };
        file.tell();
        file
    }

    /// What it said when it could last be used.
    pub const fn said(&self) -> &T {
        &self.said
    }

    /// Since when that is in force.
    pub const fn loaded_at(&self) -> DateTime<Utc> {
        self.loaded_at
    }

    /// What is told of it; `None` without a folder for it.
    pub fn standing(&self) -> Option<Standing> {
        let path = self.path.as_ref()?.display().to_string();
        Some(Standing { path, is_there: self.is_there, loaded_at: self.loaded_at, problem: self.problem.clone() })
    }

    /// The same after a look, which is made aside: folders may be on slow or distant disks.
    pub async fn looked(&self, now: DateTime<Utc>) -> Self
    where
        T: Clone + Send + 'static,
    {
        let mut file = self.clone();
        let looked = tokio::task::spawn_blocking(move || {
            file.look(now);
            file
        });
        looked.await.unwrap_or_else(|error| {
            tracing::error!(%error, file = self.sort.name, "a file of rules could not be looked at");
            self.clone()
        })
    }

    /// Takes over what it says if that has changed and can be used.
    pub fn look(&mut self, now: DateTime<Utc>) {
        let Some(path) = &self.path else { return };
        match read(path) {
            Ok(None) if self.is_there => {
                let Sort { noun, none, .. } = self.sort;
                let gone = format!(
                    "{}: there is no such file any more, and its last {noun} stay in force; for none, write `{none}`",
                    path.display()
                );
                self.refuse(gone, None, now);
            }
            Ok(None) => {}
            Ok(Some(text)) if self.text.as_ref() == Some(&text) => {}
            Ok(Some(text)) => match parsed(path, &text, self.sort.parse) {
                Ok(said) => self.take_over(said, text, now),
                Err(error) => self.refuse(causes::of(&error.into()), Some(text), now),
            },
            Err(error) => self.refuse(causes::of(&error.into()), None, now),
        }
        self.tell();
    }

    fn take_over(&mut self, said: T, text: String, now: DateTime<Utc>) {
        let was_broken = self.problem.take().is_some();
        self.text = Some(text);
        self.is_there = true;
        let file = self.sort.name;
        if self.said != said {
            tracing::info!(file, entries = (self.sort.count)(&said), "a changed file of rules is in force");
            self.said = said;
            self.loaded_at = now;
        } else if was_broken {
            tracing::info!(file, "a file of rules is what is in force again");
        }
    }

    /// Says so once: a file is looked at every few seconds.
    fn refuse(&mut self, reason: String, text: Option<String>, now: DateTime<Utc>) {
        self.text = text;
        if self.problem.as_ref().is_some_and(|problem| problem.reason == reason) {
            return;
        }
        tracing::error!(reason, "a file of rules cannot be used; what was before it stays in force");
        let since = self.problem.as_ref().map_or(now, |problem| problem.since);
        self.problem = Some(FileProblem { since, reason });
    }

    fn tell(&self) {
        let noun = self.sort.noun.replace(' ', "_");
        gauge!(format!("tracetab_{noun}_file_entries")).set((self.sort.count)(&self.said) as f64);
        gauge!(format!("tracetab_{noun}_file_broken")).set(if self.problem.is_some() { 1.0 } else { 0.0 });
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::rules::budgets::{BUDGETS, Budgets};

    const GOOD: &str = "budgets:\n  - {name: Acme, scope: tenant acme, period: day, limit_usd: 1}\n";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn limits(file: &FileOf<Budgets>) -> Vec<String> {
        file.said().budgets.iter().map(|budget| budget.limit.to_string()).collect()
    }

    #[test]
    fn a_changed_file_is_taken_over_and_a_broken_or_missing_one_leaves_what_was_there() {
        let folder = std::env::temp_dir().join(format!("tracetab-reload-budgets-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let write = |text: &str| fs::write(folder.join(BUDGETS.name), text).unwrap();
        let mut file = FileOf::new(BUDGETS, Some(&folder), Budgets::default(), at(0));
        file.look(at(1));
        let status = file.standing().unwrap();
        assert_eq!((status.is_there, &status.problem), (false, &None), "no file is no mistake");

        write(GOOD);
        file.look(at(2));
        assert_eq!((limits(&file), file.standing().unwrap().loaded_at), (vec!["1".to_owned()], at(2)));

        write(&GOOD.replace("limit_usd: 1", "limit_usd: much"));
        file.look(at(3));
        file.look(at(4));
        let problem = file.standing().unwrap().problem.unwrap();
        assert_eq!((limits(&file), problem.since), (vec!["1".to_owned()], at(3)));
        assert!(problem.reason.contains("budgets.yaml: ") && problem.reason.contains("at line 2 "), "{problem:?}");

        fs::remove_file(folder.join(BUDGETS.name)).unwrap();
        file.look(at(5));
        let status = file.standing().unwrap();
        assert!(status.is_there && status.problem.unwrap().reason.contains("write `budgets: []`"));
        assert_eq!(limits(&file), ["1"]);

        write(GOOD);
        file.look(at(6));
        assert_eq!((file.standing().unwrap().problem, file.standing().unwrap().loaded_at), (None, at(2)), "as it was");
        write("trace_limit_usd: none\nbudgets: []");
        file.look(at(7));
        assert_eq!((limits(&file), file.said().trace_limit), (Vec::new(), None));
        fs::remove_dir_all(&folder).unwrap();
    }
}
