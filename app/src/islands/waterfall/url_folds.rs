//! What is folded, as the URL says it: a rule, and the rows somebody has folded or opened besides.

use model::trace::waterfall::{FoldBase, RowKey};
use serde::{Deserialize, Serialize};

/// Rows a URL names as folded, and as many as opened: 100 ids are 1.7 kB; with more, only "everything" is written.
pub const FOLDS_IN_URL_MAX: usize = 100;

/// The word for "everything below the children of the top is folded".
const ALL: &str = "all";

/// The word for "nothing is folded, similar spans neither".
const NOTHING: &str = "none";

/// Folds by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlFolds {
    /// What is folded without being named.
    pub base: FoldBase,
    /// Rows that are folded besides.
    pub folded: Vec<RowKey>,
    /// Rows that are not folded although `base` would have it.
    pub opened: Vec<RowKey>,
}

impl UrlFolds {
    /// Reads `fold` and `open`; what cannot be read folds nothing.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let (fold, open) = (get("fold").unwrap_or_default(), get("open").unwrap_or_default());
        let base = match fold.split('.').next() {
            Some(ALL) => FoldBase::Overview,
            Some(NOTHING) => FoldBase::Nothing,
            _ => FoldBase::Similar,
        };
        Self { base, folded: keys(&fold), opened: keys(&open) }
    }

    /// Nothing but what a rule folds.
    pub fn only(base: FoldBase) -> Self {
        Self { base, ..Self::default() }
    }

    /// The values of `fold` and `open`, where there is something to say.
    pub fn to_query(&self) -> [Option<String>; 2] {
        let base = match self.base {
            FoldBase::Similar => None,
            FoldBase::Overview => Some(ALL.to_owned()),
            FoldBase::Nothing => Some(NOTHING.to_owned()),
        };
        let fold = base.into_iter().chain(self.folded.iter().map(ToString::to_string));
        let opened = self.opened.iter().map(ToString::to_string);
        [fold.collect::<Vec<_>>(), opened.collect()].map(|words| (!words.is_empty()).then(|| words.join(".")))
    }

    /// The same with a row folded that was open, or the reverse.
    pub fn toggled(&self, row: RowKey, is_folded: bool) -> Self {
        let mut folds = self.clone();
        let (undone, done) =
            if is_folded { (&mut folds.folded, &mut folds.opened) } else { (&mut folds.opened, &mut folds.folded) };
        match undone.iter().position(|key| *key == row) {
            Some(at) => drop(undone.remove(at)),
            None => done.push(row),
        }
        if folds.folded.len() > FOLDS_IN_URL_MAX {
            return Self::only(FoldBase::Overview);
        }
        if folds.opened.len() > FOLDS_IN_URL_MAX {
            return Self::only(FoldBase::Nothing);
        }
        folds
    }
}

fn keys(text: &str) -> Vec<RowKey> {
    text.split('.').filter_map(|word| word.parse().ok()).take(FOLDS_IN_URL_MAX).collect()
}

#[cfg(test)]
mod tests {
    use model::SpanId;

    use super::*;

    fn key(number: u8) -> RowKey {
        RowKey::Span(SpanId::from_bytes([number; 8]).unwrap())
    }

    fn read_back(folds: &UrlFolds) -> UrlFolds {
        let [fold, open] = folds.to_query();
        UrlFolds::read(|name| if name == "fold" { fold.clone() } else { open.clone() })
    }

    #[test]
    fn folds_survive_their_address() {
        for base in [FoldBase::Similar, FoldBase::Nothing, FoldBase::Overview] {
            let folds = UrlFolds { base, folded: vec![key(1), key(2)], opened: vec![key(3)] };
            assert_eq!(read_back(&folds), folds);
            assert_eq!(read_back(&UrlFolds::only(base)), UrlFolds::only(base));
        }
        assert_eq!(UrlFolds::default().to_query(), [None, None]);
    }

    #[test]
    fn toggling_a_row_twice_changes_nothing() {
        let folds = UrlFolds { folded: vec![key(1)], ..UrlFolds::default() };
        assert_eq!(folds.toggled(key(1), true), UrlFolds::default());
        assert_eq!(folds.toggled(key(2), true).toggled(key(2), false), folds);
        assert_eq!(folds.toggled(key(2), false).toggled(key(2), true), folds);
    }

    #[test]
    fn too_many_rows_are_written_as_everything() {
        let many = vec![key(1); FOLDS_IN_URL_MAX];
        let folded = UrlFolds { folded: many.clone(), ..UrlFolds::default() };
        assert_eq!(folded.toggled(key(2), false), UrlFolds::only(FoldBase::Overview));
        let opened = UrlFolds { opened: many, ..UrlFolds::default() };
        assert_eq!(opened.toggled(key(2), true), UrlFolds::only(FoldBase::Nothing));
    }
}
