//! What is folded, and the arithmetic between visible rows and rows of the unfolded trace.

use serde::{Deserialize, Serialize};

/// A folded row: it stays, the rows below it are hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fold {
    /// Index of the row in the unfolded trace.
    pub index: usize,
    /// Rows below it.
    pub descendants: usize,
    /// Spans below it, when it stands for similar ones; else 0.
    pub similar_spans: usize,
}

/// The folded rows of a trace. Subtrees nest and never overlap otherwise, so folds are intervals of rows.
///
/// Travels as numbers three by three, each index as the distance from the one before it: a large trace has thousands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<usize>", into = "Vec<usize>")]
pub struct Folds {
    all: Vec<Fold>,
    /// Those that hide rows themselves, being inside of no other.
    outer: Vec<Outer>,
}

/// A fold inside of no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outer {
    fold: Fold,
    /// Rows hidden by those before it.
    hidden_before: usize,
}

/// What rows of similar spans hide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Rows that stand for similar spans.
    pub groups: usize,
    /// Spans they stand for.
    pub spans: usize,
    /// Rows they hide.
    pub rows: usize,
}

impl Folds {
    /// These folds, in any order.
    pub fn new(folds: impl IntoIterator<Item = Fold>) -> Self {
        let mut all: Vec<Fold> = folds.into_iter().filter(|fold| fold.descendants > 0).collect();
        all.sort_unstable();
        all.dedup_by_key(|fold| fold.index);
        let mut folds = Self { all, outer: Vec::new() };
        folds.find_outer();
        folds
    }

    /// All folds by index, those inside of others included.
    pub fn all(&self) -> &[Fold] {
        &self.all
    }

    /// Whether the row at `index` is folded.
    pub fn is_folded(&self, index: usize) -> bool {
        self.all.binary_search_by_key(&index, |fold| fold.index).is_ok()
    }

    /// Folds the row if it is open, opens it if it is folded; a row with nothing below stays as it is.
    pub fn toggle(&mut self, fold: Fold) {
        match self.all.binary_search_by_key(&fold.index, |fold| fold.index) {
            Ok(at) => drop(self.all.remove(at)),
            Err(at) if fold.descendants > 0 => self.all.insert(at, fold),
            Err(_) => return,
        }
        self.find_outer();
    }

    /// Opens whatever hides the row at `index`.
    pub fn reveal(&mut self, index: usize) {
        self.all.retain(|fold| !(fold.index < index && index <= fold.index + fold.descendants));
        self.find_outer();
    }

    /// Visible rows of a trace of `rows` rows.
    pub fn visible_rows(&self, rows: usize) -> usize {
        rows.saturating_sub(self.outer.last().map_or(0, Outer::hidden_after))
    }

    /// The index in the unfolded trace of the visible row at `place`.
    pub fn index_at(&self, place: usize) -> usize {
        let above = self.outer.partition_point(|outer| outer.place() < place);
        place + self.outer[..above].last().map_or(0, Outer::hidden_after)
    }

    /// Where the row at `index` is seen: its own place, or that of the folded row that hides it.
    pub fn place_of(&self, index: usize) -> usize {
        let above = self.outer.partition_point(|outer| outer.fold.index < index);
        match self.outer[..above].last() {
            Some(outer) if index <= outer.fold.index + outer.fold.descendants => outer.place(),
            Some(outer) => index - outer.hidden_after(),
            None => index,
        }
    }

    /// What visible rows of similar spans hide.
    pub fn gathered(&self) -> Gathered {
        let groups = self.outer.iter().map(|outer| outer.fold).filter(|fold| fold.similar_spans > 0);
        groups.fold(Gathered::default(), |sum, fold| Gathered {
            groups: sum.groups + 1,
            spans: sum.spans + fold.similar_spans,
            rows: sum.rows + fold.descendants,
        })
    }

    fn find_outer(&mut self) {
        self.outer.clear();
        for &fold in &self.all {
            let last = self.outer.last();
            if last.is_none_or(|last| fold.index > last.fold.index + last.fold.descendants) {
                let hidden_before = last.map_or(0, Outer::hidden_after);
                self.outer.push(Outer { fold, hidden_before });
            }
        }
    }
}

impl Outer {
    /// Where it is seen.
    const fn place(&self) -> usize {
        self.fold.index - self.hidden_before
    }

    /// Rows hidden by it and those before it.
    const fn hidden_after(&self) -> usize {
        self.hidden_before + self.fold.descendants
    }
}

impl From<Folds> for Vec<usize> {
    fn from(folds: Folds) -> Self {
        let mut before = 0;
        let numbers = folds.all.iter().flat_map(|fold| {
            let distance = fold.index - before;
            before = fold.index;
            [distance, fold.descendants, fold.similar_spans]
        });
        numbers.collect()
    }
}

impl From<Vec<usize>> for Folds {
    fn from(numbers: Vec<usize>) -> Self {
        let mut index = 0usize;
        let folds = numbers.as_chunks::<3>().0.iter().map(|&[distance, descendants, similar_spans]| {
            index = index.saturating_add(distance);
            Fold { index, descendants, similar_spans }
        });
        Self::new(folds.collect::<Vec<_>>())
    }
}
