//! Rows as they are drawn.

use std::sync::Arc;

use leptos::prelude::*;
use model::trace::waterfall::Row;

use super::viewer::Viewer;

/// A row that is drawn: its index, and the row itself unless it is still on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Index in the unfolded trace.
    pub index: usize,
    /// The row.
    pub row: Option<Arc<Row>>,
    /// It is drawn in brief.
    pub is_brief: bool,
    /// What is looked for is in it.
    pub is_hit: bool,
    /// Words to mark in its names.
    pub words: Arc<[String]>,
}

impl Drawn {
    /// What makes it a row to draw anew at its index. What changes more often than a search changes within the row: it may be in focus.
    pub fn key(&self) -> (bool, bool, bool, Arc<[String]>) {
        (self.row.is_some(), self.is_brief, self.is_hit, Arc::clone(&self.words))
    }
}

impl Viewer {
    /// The rows of the window, in order.
    pub fn drawn(&self) -> Vec<Drawn> {
        let visible = self.visible_rows();
        let window = self.window.get();
        let words: Arc<[String]> = self.words().into();
        self.folds.with(|folds| {
            self.rows.with(|rows| {
                let drawn = |place| {
                    let index = folds.index_at(place);
                    Drawn {
                        index,
                        row: rows.get(&index).cloned(),
                        is_brief: false,
                        is_hit: self.is_hit(index),
                        words: Arc::clone(&words),
                    }
                };
                (window.start.min(visible)..window.end.min(visible)).map(drawn).collect()
            })
        })
    }
}
