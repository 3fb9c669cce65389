//! Finding spans among the rows: what rows know decides at once, the rest are candidates for whoever reads what they say.

use serde::{Deserialize, Serialize};

use super::gutter::step_of;
use super::{RowKey, Waterfall};
use crate::id::SpanId;
use crate::trace::find::Find;
use crate::trace::find::matching::{Known, Outcome};

/// Found rows told one by one, to be stepped through and marked: nobody steps through more, and they travel in some kilobytes.
/// All of them are counted, and all are marked in the gutter.
pub const FOUND_ROWS_MAX: usize = 5_000;

/// What can be told without reading what spans say.
#[derive(Debug, Default)]
pub struct Finding {
    rows: Vec<usize>,
    /// Spans of which it is still to be told, by row.
    pub open: Vec<Candidate>,
}

/// A span that may be meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Its row.
    pub row: usize,
    /// Which it is.
    pub span_id: SpanId,
    /// The terms that depend on what it says, for [`Find::meets`].
    pub open: u32,
}

/// The spans that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Their rows, rising, the first of them.
    pub rows: Vec<usize>,
    /// All that were found.
    pub total: usize,
    /// How far was looked, when not everything could be.
    pub looked: Option<Looked>,
    /// Steps of the gutter in which one of them is.
    pub steps: Vec<usize>,
    /// Words to mark in names.
    pub words: Vec<String>,
}

/// How far was looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// Spans whose attributes were read.
    pub spans: usize,
    /// Spans whose attributes would have had to be read.
    pub of: usize,
}

impl Waterfall {
    /// The rows that meet a find whatever their spans say, and those of which it depends on that.
    pub fn find(&self, find: &Find) -> Finding {
        let mut finding = Finding::default();
        for row in 0..self.len() {
            let Some(span) = self.lines.span(row) else { continue };
            let known = Known {
                name: self.spans.operation(span),
                service: self.spans.service(span),
                kind: self.spans.kind(span),
                failed: self.spans.has_failed(span),
                duration_ns: self.spans.duration(span),
                self_ns: self.self_ns[span as usize],
                cost: self.spans.cost(span),
            };
            match find.outcome(&known) {
                Outcome::No => {}
                Outcome::Yes => finding.rows.push(row),
                Outcome::Open(open) => {
                    finding.open.push(Candidate { row, span_id: self.spans.span_id(span), open });
                }
            }
        }
        finding
    }

    /// What was found, with the rows of those candidates that turned out to be meant.
    pub fn found(&self, finding: Finding, find: &Find, meant: &[usize], looked: Option<Looked>) -> Found {
        let mut rows = finding.rows;
        rows.extend_from_slice(meant);
        rows.sort_unstable();
        let mut steps: Vec<usize> = rows.iter().map(|&row| step_of(row, self.len())).collect();
        steps.dedup();
        let total = rows.len();
        rows.truncate(FOUND_ROWS_MAX);
        Found { rows, total, looked, steps, words: find.words() }
    }

    /// The name and the place in time of a row's span, for a list: key, operation, service, start after that of the trace.
    pub fn line_of(&self, row: usize) -> Option<(RowKey, &str, &str, i64)> {
        let span = self.lines.span(row)?;
        let start = self.offset(self.spans.start(span));
        Some((RowKey::Span(self.spans.span_id(span)), self.spans.operation(span), self.spans.service(span), start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Skeleton;
    use crate::trace::tree::tests::{a_span, id};
    use crate::trace::waterfall::tests::columns;

    #[test]
    fn rows_are_found_by_what_they_know_and_the_rest_is_left_open() {
        let named = |name: &str, span| Skeleton { name: name.to_owned(), ..span };
        let spans = [
            named("root", a_span(0, None, 0, 100)),
            named("embed one", a_span(1, Some(0), 1, 5)),
            named("embed two", a_span(2, Some(0), 2, 50)),
        ];
        let waterfall = Waterfall::of(columns(&spans));
        let find: Find = "EMBED duration>10ns".parse().unwrap();
        let finding = waterfall.find(&find);
        assert_eq!(finding.open, [Candidate { row: 0, span_id: id(0), open: 1 }]);
        let found = waterfall.found(finding, &find, &[0], None);
        assert_eq!((found.rows, found.total, found.words), (vec![0, 2], 2, vec!["EMBED".to_owned()]));
        assert_eq!(found.steps, [0, 2]);
        assert_eq!(waterfall.line_of(2), Some((RowKey::Span(id(2)), "embed two", "shop", 2)));
    }

    #[test]
    fn all_are_counted_and_the_first_are_told() {
        let spans: Vec<_> = (0..6_000).map(|number| a_span(number, None, number as i64, 1)).collect();
        let waterfall = Waterfall::of(columns(&spans));
        let find: Find = "operation".parse().unwrap();
        let found = waterfall.found(waterfall.find(&find), &find, &[], None);
        assert_eq!((found.rows.len(), found.total, found.steps.len()), (FOUND_ROWS_MAX, 6_000, 200));
    }
}
