//! What is folded, and the arithmetic between visible rows and rows of the unfolded trace.

use serde::{Deserialize, Serialize};

/// A folded row: it stays, the rows below it are hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fold {
    /// Index of the row in the unfolded trace.
    pub index: usize,
    /// Rows below it.
    pub descendants: usize,
}

/// The folded rows of a trace. Subtrees nest and never overlap otherwise, so folds are intervals of rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Folds(Vec<Fold>);

impl Folds {
    /// These folds, in any order.
    pub fn new(folds: impl IntoIterator<Item = Fold>) -> Self {
        let mut folds: Vec<Fold> = folds.into_iter().filter(|fold| fold.descendants > 0).collect();
        folds.sort_unstable();
        folds.dedup_by_key(|fold| fold.index);
        Self(folds)
    }

    /// All folds by index, those inside of others included.
    pub fn all(&self) -> &[Fold] {
        &self.0
    }

    /// Whether the row at `index` is folded.
    pub fn is_folded(&self, index: usize) -> bool {
        self.0.binary_search_by_key(&index, |fold| fold.index).is_ok()
    }

    /// Folds the row if it is open, opens it if it is folded; a row with nothing below stays as it is.
    pub fn toggle(&mut self, fold: Fold) {
        match self.0.binary_search_by_key(&fold.index, |fold| fold.index) {
            Ok(at) => drop(self.0.remove(at)),
            Err(at) if fold.descendants > 0 => self.0.insert(at, fold),
            Err(_) => {}
        }
    }

    /// Opens whatever hides the row at `index`.
    pub fn reveal(&mut self, index: usize) {
        self.0.retain(|fold| !(fold.index < index && index <= fold.index + fold.descendants));
    }

    /// Folds that hide rows themselves: those not inside another.
    fn outer(&self) -> impl Iterator<Item = Fold> {
        let mut hidden_to = None;
        self.0.iter().copied().filter(move |fold| {
            let shown = hidden_to.is_none_or(|end| fold.index > end);
            if shown {
                hidden_to = Some(fold.index + fold.descendants);
            }
            shown
        })
    }

    /// Visible rows of a trace of `rows` rows.
    pub fn visible_rows(&self, rows: usize) -> usize {
        rows.saturating_sub(self.outer().map(|fold| fold.descendants).sum())
    }

    /// The index in the unfolded trace of the visible row at `place`.
    pub fn index_at(&self, place: usize) -> usize {
        let mut index = place;
        for fold in self.outer() {
            if fold.index >= index {
                break;
            }
            index += fold.descendants;
        }
        index
    }

    /// Where the row at `index` is seen: its own place, or that of the folded row that hides it.
    pub fn place_of(&self, index: usize) -> usize {
        let mut hidden = 0;
        for fold in self.outer() {
            if fold.index >= index {
                break;
            }
            if index <= fold.index + fold.descendants {
                return fold.index - hidden;
            }
            hidden += fold.descendants;
        }
        index - hidden
    }
}
