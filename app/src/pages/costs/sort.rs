//! The order of the breakdown: a column and a direction, as its URL says it.

use model::UsdSum;

use super::api::Line;

/// What a table can be sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Column {
    /// Names of the groups.
    Name,
    /// Spend.
    #[default]
    Spend,
    /// Spend against the range before.
    Change,
    /// Traces.
    Traces,
    /// Cost of a trace.
    PerTrace,
    /// Spans.
    Spans,
    /// Tokens.
    Tokens,
}

const COLUMNS: [(Column, &str); 7] = [
    (Column::Name, "name"),
    (Column::Spend, "spend"),
    (Column::Change, "change"),
    (Column::Traces, "traces"),
    (Column::PerTrace, "per_trace"),
    (Column::Spans, "spans"),
    (Column::Tokens, "tokens"),
];

/// A column, and whether it is read the other way round: figures begin with the largest, names with the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// The other way round.
    pub is_reversed: bool,
}

impl Sort {
    /// Reads `spans` or `-spans`; what it does not know means the default.
    pub fn parse(text: &str) -> Self {
        let (is_reversed, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let found = COLUMNS.iter().find(|(_, word)| *word == name);
        found.map_or_else(Self::default, |(column, _)| Self { column: *column, is_reversed })
    }

    /// The order a click on a column asks for.
    pub fn by(self, column: Column) -> Self {
        Self { column, is_reversed: self.column == column && !self.is_reversed }
    }

    /// Puts lines, which come dearest first, into this order.
    pub fn apply(self, lines: &mut [Line]) {
        match self.column {
            Column::Spend => {}
            Column::Name => lines.sort_by(|left, right| left.keys.cmp(&right.keys)),
            Column::Change => lines.sort_by_key(|line| std::cmp::Reverse(change(line))),
            Column::Traces => lines.sort_by_key(|line| std::cmp::Reverse(line.traces.map(|spend| spend.traces))),
            Column::PerTrace => lines.sort_by_key(|line| std::cmp::Reverse(line.per_trace())),
            Column::Spans => lines.sort_by_key(|line| std::cmp::Reverse(line.sums.now.spans)),
            Column::Tokens => {
                lines.sort_by_key(|line| std::cmp::Reverse(line.sums.now.tokens_in + line.sums.now.tokens_out));
            }
        }
        if self.is_reversed {
            lines.reverse();
        }
    }
}

/// Dollars more than before: a tenth more of much matters more than a tenth more of little.
fn change(line: &Line) -> UsdSum {
    line.sums.now.cost - line.sums.before.cost
}

impl std::fmt::Display for Sort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = COLUMNS.iter().find(|(column, _)| *column == self.column).map_or("spend", |(_, word)| word);
        write!(f, "{}{word}", if self.is_reversed { "-" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use model::cost::{Compared, Sums};

    use super::*;

    fn lines() -> Vec<Line> {
        let line = |key: &str, now: i128, before: i128, spans: i64| Line {
            keys: vec![Some(key.to_owned())],
            sums: Compared {
                now: Sums { cost: UsdSum::from_pico(now), spans, ..Sums::default() },
                before: Sums { cost: UsdSum::from_pico(before), ..Sums::default() },
            },
            shape: Vec::new(),
            traces: None,
        };
        vec![line("c", 3, 3, 1), line("a", 2, 0, 3), line("b", 1, 4, 2)]
    }

    fn sorted(text: &str) -> String {
        let mut lines = lines();
        Sort::parse(text).apply(&mut lines);
        lines.into_iter().filter_map(|line| line.keys.into_iter().next().flatten()).collect()
    }

    #[test]
    fn figures_begin_with_the_largest_and_names_with_the_first() {
        for (text, order) in [
            ("spend", "cab"),
            ("-spend", "bac"),
            ("name", "abc"),
            ("change", "acb"),
            ("spans", "abc"),
            ("-spans", "cba"),
        ] {
            assert_eq!(sorted(text), order, "{text}");
        }
        assert_eq!(sorted("colour"), "cab", "what is not known is the default");
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let spans = Sort::default().by(Column::Spans);
        assert_eq!((spans.to_string(), spans.by(Column::Spans).to_string()), ("spans".into(), "-spans".into()));
        assert_eq!(spans.by(Column::Spans).by(Column::Spans), spans);
    }
}
