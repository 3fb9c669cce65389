//! What is folded, as the URL says it: a rule, and the rows somebody has folded or opened besides.

use model::trace::waterfall::{Branch, FoldBase, RowKey};
use serde::{Deserialize, Serialize};

/// Rows a URL names as folded, and as many as opened: 100 ids are 1.7 kB; with more, only "everything" is written.
pub const FOLDS_IN_URL_MAX: usize = 100;

/// The word for "everything below the children of the top is folded".
const ALL: &str = "all";

/// The word for "nothing is folded, similar spans neither".
const NOTHING: &str = "none";

/// Before the deepest level that is shown.
const LEVEL: &str = "level";

/// Before a row that is folded with all below it, and before one that is opened so: no id begins with either.
const SHUT: char = 's';
const WIDE: char = 'w';

/// Folds by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlFolds {
    /// What is folded without being named.
    pub base: FoldBase,
    /// Rows that are folded or opened with all below them, one after the other.
    pub branches: Vec<Branch>,
    /// Rows that are folded besides.
    pub folded: Vec<RowKey>,
    /// Rows that are not folded although `base` would have it.
    pub opened: Vec<RowKey>,
}

impl UrlFolds {
    /// Reads `fold`, `tree` and `open`; what cannot be read folds nothing.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let (fold, open) = (get("fold").unwrap_or_default(), get("open").unwrap_or_default());
        let base = match fold.split('.').next() {
            Some(ALL) => FoldBase::Overview,
            Some(NOTHING) => FoldBase::Nothing,
            Some(word) => {
                word.strip_prefix(LEVEL).and_then(|level| level.parse().ok()).map_or(FoldBase::Similar, FoldBase::Level)
            }
            None => FoldBase::Similar,
        };
        let branches = get("tree").unwrap_or_default();
        let branches = branches.split('.').filter_map(branch).take(FOLDS_IN_URL_MAX).collect();
        Self { base, branches, folded: keys(&fold), opened: keys(&open) }
    }

    /// Nothing but what a rule folds.
    pub fn only(base: FoldBase) -> Self {
        Self { base, ..Self::default() }
    }

    /// `fold`, `tree` and `open`, where there is something to say.
    pub fn to_query(&self) -> impl Iterator<Item = (&'static str, String)> {
        let base = match self.base {
            FoldBase::Similar => None,
            FoldBase::Overview => Some(ALL.to_owned()),
            FoldBase::Nothing => Some(NOTHING.to_owned()),
            FoldBase::Level(level) => Some(format!("{LEVEL}{level}")),
        };
        let fold = base.into_iter().chain(self.folded.iter().map(ToString::to_string));
        let opened = self.opened.iter().map(ToString::to_string);
        let branches = self.branches.iter().map(|Branch { row, folded }| match folded {
            true => format!("{SHUT}{row}"),
            false => format!("{WIDE}{row}"),
        });
        let words = [("fold", fold.collect::<Vec<_>>()), ("tree", branches.collect()), ("open", opened.collect())];
        words.into_iter().filter(|(_, words)| !words.is_empty()).map(|(key, words)| (key, words.join(".")))
    }

    /// The same with a row and all below it folded, or opened; `inside` are the rows known to be among them, of which nothing else
    /// is said then.
    pub fn with_branch(&self, branch: Branch, inside: &[RowKey]) -> Self {
        let mut folds = self.clone();
        folds.branches.retain(|other| other.row != branch.row && !inside.contains(&other.row));
        folds.folded.retain(|row| !inside.contains(row));
        folds.opened.retain(|row| !inside.contains(row));
        folds.branches.push(branch);
        if folds.branches.len() > FOLDS_IN_URL_MAX {
            folds.branches.remove(0);
        }
        folds
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

fn branch(word: &str) -> Option<Branch> {
    let folded = word.starts_with(SHUT);
    let row = word.strip_prefix([SHUT, WIDE])?.parse().ok()?;
    Some(Branch { row, folded })
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
        let query: Vec<_> = folds.to_query().collect();
        UrlFolds::read(|name| query.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()))
    }

    #[test]
    fn folds_survive_their_address() {
        for base in [FoldBase::Similar, FoldBase::Nothing, FoldBase::Overview, FoldBase::Level(3)] {
            let branches = vec![Branch { row: key(4), folded: true }, Branch { row: key(5), folded: false }];
            let folds = UrlFolds { base, branches, folded: vec![key(1), key(2)], opened: vec![key(3)] };
            assert_eq!(read_back(&folds), folds);
            assert_eq!(read_back(&UrlFolds::only(base)), UrlFolds::only(base));
        }
        assert_eq!(UrlFolds::default().to_query().count(), 0);
    }

    #[test]
    fn toggling_a_row_twice_changes_nothing() {
        let folds = UrlFolds { folded: vec![key(1)], ..UrlFolds::default() };
        assert_eq!(folds.toggled(key(1), true), UrlFolds::default());
        assert_eq!(folds.toggled(key(2), true).toggled(key(2), false), folds);
        assert_eq!(folds.toggled(key(2), false).toggled(key(2), true), folds);
    }

    #[test]
    fn a_branch_takes_the_place_of_what_was_said_inside_it() {
        let folds = UrlFolds { folded: vec![key(1), key(2)], opened: vec![key(3)], ..UrlFolds::default() };
        let shut = |folded| Branch { row: key(1), folded };
        let branched = folds.with_branch(shut(true), &[key(1), key(2)]).with_branch(shut(false), &[]);
        assert_eq!((branched.branches, branched.folded, branched.opened), (vec![shut(false)], vec![], vec![key(3)]));
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
