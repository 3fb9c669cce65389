//! Asks the server for what only it knows of a view whose address has changed: what is hidden, what was found, what was spent.
//!
//! An answer is for the address it was asked with; when that has changed meanwhile, it is dropped.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::trace::waterfall::{Branch, Folds, Row};

use super::api::{View, Wanted, load_view};
use super::links::TraceUrl;
use super::viewer::Viewer;

impl Viewer {
    /// Makes what is shown follow the address, which was `before`.
    pub(super) fn catch_up(&self, before: &TraceUrl) {
        let after = self.url.get_untracked();
        let (old, new) = (&before.look, &after.look);
        if old.zoom != new.zoom {
            let extent = self.sheet.with_value(|sheet| sheet.extent);
            self.zoom.set(new.zoom_of(extent));
            self.spent_within.set(None);
        }
        if new.find.is_none() {
            self.found.set(None);
        }
        let wanted = Wanted {
            folds: before.folds != after.folds || old.least != new.least,
            found: old.find != new.find && new.find.is_some(),
            cost: old.zoom != new.zoom && new.zoom.is_some(),
        };
        if wanted != Wanted::default() {
            self.ask(after, wanted);
        }
    }

    fn ask(&self, url: TraceUrl, wanted: Wanted) {
        let viewer = *self;
        let revision = self.sheet.with_value(|sheet| sheet.window.revision);
        self.searching.set(wanted.found || self.searching.get_untracked());
        spawn_local(async move {
            let answer = load_view(viewer.trace_id, revision, url.clone(), wanted).await;
            // The page may be gone by now.
            let Some(now) = viewer.url.try_get_untracked() else { return };
            match answer {
                Ok(view) if view.revision != revision => viewer.outdated.set(true),
                Ok(view) => viewer.take(view, &url, &now),
                Err(_) => {
                    // The server says best what is wrong. Refused only for an address that is none.
                    let _ = window().location().assign(&now.href(viewer.trace_id));
                }
            }
        });
    }

    fn take(&self, view: View, asked: &TraceUrl, now: &TraceUrl) {
        let is_same_least = asked.look.least == now.look.least;
        if let Some(folds) = view.folds.filter(|_| is_same_least && asked.folds == now.folds) {
            self.show_folds(folds);
        }
        if asked.look.zoom == now.look.zoom && view.cost.is_some() {
            self.spent_within.set(view.cost);
        }
        if asked.look.find == now.look.find && view.found.is_some() {
            self.searching.set(false);
            self.found.set(view.found);
            self.step_to_hit(true, true);
        }
    }

    fn show_folds(&self, folds: Folds) {
        // The row that has the keyboard stays to be seen, or the one it is folded into.
        let active = folds.index_at(folds.place_of(self.active.get_untracked()));
        self.folds.set(folds);
        self.active.set(active);
    }

    /// Folds a row with all below it, or opens it so.
    pub(super) fn toggle_branch(&self, row: &Row, folded: bool) {
        let before = self.url.get_untracked();
        let last = row.index + row.descendants;
        let inside: Vec<_> = self.rows.with_untracked(|rows| {
            rows.values().filter(|other| (row.index..=last).contains(&other.index)).map(|other| other.key()).collect()
        });
        let folds = before.folds.with_branch(Branch { row: row.key(), folded }, &inside);
        self.go(&before.with_folds(folds), true);
        self.catch_up(&before);
    }

    /// Goes to the next row that was found, or the one before it, and round at the ends; the row that has the keyboard is as good
    /// as the next one when `from_here`.
    pub(super) fn step_to_hit(&self, forward: bool, from_here: bool) {
        let active = self.active.get_untracked();
        let row = self.found.with_untracked(|found| {
            let rows = &found.as_ref()?.as_ref().ok()?.rows;
            let found = match (forward, from_here) {
                (true, true) => rows.iter().find(|row| **row >= active).or(rows.first()),
                (true, false) => rows.iter().find(|row| **row > active).or(rows.first()),
                (false, _) => rows.iter().rev().find(|row| **row < active).or(rows.last()),
            };
            found.copied()
        });
        if let Some(row) = row {
            self.bring(row);
            self.wanted_in_sight.set(Some(row));
        }
    }

    /// Whether a row is among those that were found.
    pub fn is_hit(&self, index: usize) -> bool {
        self.found.with(|found| matches!(found, Some(Ok(found)) if found.rows.binary_search(&index).is_ok()))
    }

    /// Words to mark in names.
    pub fn words(&self) -> Vec<String> {
        self.found.with(|found| match found {
            Some(Ok(found)) => found.words.clone(),
            _ => Vec::new(),
        })
    }
}
