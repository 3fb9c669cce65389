//! What is folded or left out, and the arithmetic between visible rows and rows of the unfolded trace.

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

/// Neighbouring rows that are not shown although nothing is folded over them: a filter leaves them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LeftOut {
    /// Index of the first in the unfolded trace.
    pub first: usize,
    /// How many there are.
    pub count: usize,
}

impl LeftOut {
    const fn end(self) -> usize {
        self.first + self.count
    }
}

/// What is hidden of the rows of a trace: below folded rows, and by a filter. Both are intervals of rows; subtrees nest and never
/// overlap otherwise, and what a filter leaves out are whole subtrees.
///
/// Travels as numbers, each index as the distance from the one before it: a large trace has thousands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Numbers", into = "Numbers")]
pub struct Folds {
    all: Vec<Fold>,
    left_out: Vec<LeftOut>,
    /// All rows that are hidden, as intervals that do not touch.
    hidden: Vec<Hidden>,
}

/// Folds three by three, then what is left out two by two.
type Numbers = (Vec<usize>, Vec<usize>);

/// Hidden rows between two visible ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hidden {
    first: usize,
    end: usize,
    /// Rows hidden by those before it.
    before: usize,
}

/// What is hidden, by its reason.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Visible rows that stand for similar spans and are folded.
    pub groups: usize,
    /// Spans they stand for.
    pub spans: usize,
    /// Rows they hide that no filter leaves out.
    pub rows: usize,
    /// Rows a filter leaves out.
    pub left_out: usize,
}

impl Folds {
    /// These folds, in any order.
    pub fn new(folds: impl IntoIterator<Item = Fold>) -> Self {
        let mut all: Vec<Fold> = folds.into_iter().filter(|fold| fold.descendants > 0).collect();
        all.sort_unstable();
        all.dedup_by_key(|fold| fold.index);
        let mut folds = Self { all, ..Self::default() };
        folds.find_hidden();
        folds
    }

    /// The same, with these rows left out besides: rising, and apart from each other.
    pub fn leaving_out(mut self, left_out: Vec<LeftOut>) -> Self {
        self.left_out = left_out;
        self.find_hidden();
        self
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
        self.find_hidden();
    }

    /// Shows the row at `index`: opens whatever is folded over it, and takes it out of what a filter leaves out.
    pub fn reveal(&mut self, index: usize) {
        self.all.retain(|fold| !(fold.index < index && index <= fold.index + fold.descendants));
        let at = self.left_out.partition_point(|run| run.end() <= index);
        if let Some(run) = self.left_out.get(at).copied().filter(|run| run.first <= index) {
            let before = LeftOut { first: run.first, count: index - run.first };
            let after = LeftOut { first: index + 1, count: run.end() - index - 1 };
            self.left_out.splice(at..=at, [before, after].into_iter().filter(|run| run.count > 0));
        }
        self.find_hidden();
    }

    /// Visible rows of a trace of `rows` rows.
    pub fn visible_rows(&self, rows: usize) -> usize {
        rows.saturating_sub(self.hidden.last().map_or(0, Hidden::after))
    }

    /// The index in the unfolded trace of the visible row at `place`.
    pub fn index_at(&self, place: usize) -> usize {
        let above = self.hidden.partition_point(|hidden| hidden.place() <= place);
        place + self.hidden[..above].last().map_or(0, Hidden::after)
    }

    /// Where the row at `index` is seen: its own place, or that of the visible row before it when it is hidden.
    pub fn place_of(&self, index: usize) -> usize {
        let above = self.hidden.partition_point(|hidden| hidden.first <= index);
        match self.hidden[..above].last() {
            Some(hidden) if index < hidden.end => hidden.place().saturating_sub(1),
            Some(hidden) => index - hidden.after(),
            None => index,
        }
    }

    /// What is hidden, by its reason.
    pub fn gathered(&self) -> Gathered {
        let left_out = self.left_out.iter().map(|run| run.count).sum();
        let mut gathered = Gathered { left_out, ..Gathered::default() };
        let mut until = 0;
        for fold in &self.all {
            if fold.index < until || self.left_out_between(fold.index, fold.index + 1) > 0 {
                continue;
            }
            until = fold.index + fold.descendants + 1;
            if fold.similar_spans > 0 {
                gathered.groups += 1;
                gathered.spans += fold.similar_spans;
                gathered.rows += fold.descendants - self.left_out_between(fold.index + 1, until);
            }
        }
        gathered
    }

    /// Rows from `first` to before `end` that a filter leaves out.
    fn left_out_between(&self, first: usize, end: usize) -> usize {
        let from = self.left_out.partition_point(|run| run.end() <= first);
        let runs = self.left_out[from..].iter().take_while(|run| run.first < end);
        runs.map(|run| run.end().min(end) - run.first.max(first)).sum()
    }

    fn find_hidden(&mut self) {
        let folded = self.all.iter().map(|fold| (fold.index + 1, fold.index + 1 + fold.descendants));
        let left_out = self.left_out.iter().map(|run| (run.first, run.end()));
        let mut intervals: Vec<(usize, usize)> = folded.chain(left_out).collect();
        intervals.sort_unstable();
        self.hidden.clear();
        for (first, end) in intervals {
            match self.hidden.last_mut() {
                Some(last) if first <= last.end => last.end = last.end.max(end),
                last => {
                    let before = last.map_or(0, |last| last.after());
                    self.hidden.push(Hidden { first, end, before });
                }
            }
        }
    }
}

impl Hidden {
    /// The place of the visible row after it.
    const fn place(&self) -> usize {
        self.first - self.before
    }

    /// Rows hidden by it and those before it.
    const fn after(&self) -> usize {
        self.before + self.end - self.first
    }
}

impl From<Folds> for Numbers {
    fn from(folds: Folds) -> Self {
        let mut before = 0;
        let mut distance = |index: usize| {
            let distance = index - before;
            before = index;
            distance
        };
        let all =
            folds.all.iter().flat_map(|fold| [distance(fold.index), fold.descendants, fold.similar_spans]).collect();
        let mut before = 0;
        let left_out = folds.left_out.iter().flat_map(|run| {
            let distance = run.first - before;
            before = run.end();
            [distance, run.count]
        });
        (all, left_out.collect())
    }
}

impl From<Numbers> for Folds {
    fn from((all, left_out): Numbers) -> Self {
        let mut index = 0usize;
        let folds = all.as_chunks::<3>().0.iter().map(|&[distance, descendants, similar_spans]| {
            index = index.saturating_add(distance);
            Fold { index, descendants, similar_spans }
        });
        let folds = Self::new(folds.collect::<Vec<_>>());
        let mut end = 0usize;
        let runs = left_out.as_chunks::<2>().0.iter().map(|&[distance, count]| {
            let first = end.saturating_add(distance);
            end = first.saturating_add(count);
            LeftOut { first, count }
        });
        folds.leaving_out(runs.collect())
    }
}
