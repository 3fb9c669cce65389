//! Asks the server for rows before they come into sight.
//!
//! One request is under way at a time; when its answer is here, what is missing then is asked for, so that rows somebody only
//! scrolled past are never asked for. A request names runs of indices: under many folds, neighbours on the screen are far apart.

use std::collections::HashSet;
use std::ops::Range;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::api::load_rows;
use super::viewer::Viewer;

/// Rows asked for beyond each end of those that are drawn: several screens, so that scrolling on does not wait.
const AHEAD_ROWS: usize = 90;

/// A missing row this near to those that are drawn is asked for, with all others ahead.
const NEAR_ROWS: usize = 40;

/// Rows kept in the browser, about 600 bytes each: past it, all but those ahead are dropped and asked for again.
const KEPT_ROWS_MAX: usize = 5_000;

impl Viewer {
    /// Asks for what is missing around the rows that are drawn, if something near is; what arrives asks again.
    pub(super) fn ask_ahead(&self) {
        let (visible, window) = (self.visible_rows(), self.window.get());
        let around = |rows: usize| window.start.saturating_sub(rows)..(window.end + rows).min(visible);
        let missing = self.missing(around(AHEAD_ROWS));
        let near = self.folds.with(|folds| {
            let near = around(NEAR_ROWS);
            (near.start..near.end).map(|place| folds.index_at(place)).collect::<HashSet<_>>()
        });
        let is_wanted = missing.iter().any(|index| near.contains(index));
        if !is_wanted || self.outdated.get_untracked() || self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        let viewer = *self;
        let (within, times) = self.url.with_untracked(|url| (url.within.clone(), url.look.times));
        let revision = self.sheet.with_value(|sheet| sheet.window.revision);
        spawn_local(async move {
            let answer = load_rows(viewer.trace_id, within, times, revision, runs(missing)).await;
            // The page may be gone by now.
            if viewer.asking.try_set_value(false).is_some() {
                return;
            }
            match answer {
                Ok(window) if window.revision != revision => viewer.outdated.set(true),
                Ok(window) => {
                    viewer.drop_far_rows();
                    viewer.keep(window);
                }
                // Asked again at the next scroll.
                Err(_) => {}
            }
        });
    }

    /// Indices of the rows at these places that are not here.
    fn missing(&self, places: Range<usize>) -> Vec<usize> {
        self.folds.with(|folds| {
            self.rows.with(|rows| {
                places.map(|place| folds.index_at(place)).filter(|index| !rows.contains_key(index)).collect()
            })
        })
    }

    fn drop_far_rows(&self) {
        if self.rows.with_untracked(|rows| rows.len()) < KEPT_ROWS_MAX {
            return;
        }
        let window = self.window.get_untracked();
        let ahead = window.start.saturating_sub(AHEAD_ROWS)..window.end + AHEAD_ROWS;
        let near: HashSet<usize> =
            self.folds.with_untracked(|folds| ahead.map(|place| folds.index_at(place)).collect());
        self.rows.update_untracked(|rows| rows.retain(|index, _| near.contains(index)));
        let kept =
            self.rows.with_untracked(|rows| rows.values().filter_map(|row| row.span_id()).collect::<HashSet<_>>());
        self.events.update_value(|events| events.retain(|span, _| kept.contains(span)));
    }
}

/// Indices in rising order as runs of neighbours: the first of each, and how many.
fn runs(indices: Vec<usize>) -> Vec<(usize, usize)> {
    let runs = indices.chunk_by(|left, right| left + 1 == *right);
    runs.filter_map(|run| Some((*run.first()?, run.len()))).collect()
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn neighbours_are_asked_for_as_one_run() {
        assert_eq!(runs(vec![1, 2, 3, 7, 9, 10]), [(1, 3), (7, 1), (9, 2)]);
        assert_eq!(runs(Vec::new()), []);
    }
}
