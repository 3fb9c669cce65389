//! Showing only what weighs: spans with at least a share of the trace's time or money, and what they stand below.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::lines::Content;
use super::{LeftOut, Waterfall};

/// A share of the whole, in hundredths of a percent: 1 to 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Share(u16);

/// The whole in hundredths of a percent.
const WHOLE: u16 = 10_000;

/// This is no share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a percentage above 0 and up to 100, such as 5 or 0.5")]
pub struct ShareError;

impl FromStr for Share {
    type Err = ShareError;

    /// Reads a percentage with up to two decimals: `5`, `0.5`, `12.25%`.
    fn from_str(text: &str) -> Result<Self, ShareError> {
        let text = text.trim().trim_end_matches('%').trim_end();
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || whole.is_empty() && part.is_empty() || whole.len() > 3 || part.len() > 2 {
            return Err(ShareError);
        }
        // At most three digits and two, so both fit.
        let whole: u32 = whole.parse().unwrap_or(0);
        let part: u32 = format!("{part:0<2}").parse().unwrap_or(0);
        let hundredths = u16::try_from(whole * 100 + part).map_err(|_| ShareError)?;
        if (1..=WHOLE).contains(&hundredths) { Ok(Self(hundredths)) } else { Err(ShareError) }
    }
}

impl fmt::Display for Share {
    /// The percentage without its sign: `5`, `0.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        match part {
            0 => write!(f, "{whole}"),
            part if part % 10 == 0 => write!(f, "{whole}.{}", part / 10),
            part => write!(f, "{whole}.{part:02}"),
        }
    }
}

impl Share {
    /// Whether `part` is at least this share of `whole`.
    fn is_reached(self, part: i128, whole: i128) -> bool {
        part.saturating_mul(WHOLE.into()) >= whole.saturating_mul(self.0.into())
    }
}

/// What a row has to weigh to be shown: one of the two is enough, and nothing given is no filter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Least {
    /// Of the trace's time.
    pub time: Option<Share>,
    /// Of the trace's money, its own and that of all below it.
    pub cost: Option<Share>,
}

impl Least {
    /// Whether nothing is filtered.
    pub const fn is_none(self) -> bool {
        self.time.is_none() && self.cost.is_none()
    }
}

impl Waterfall {
    /// The rows that weigh less than `least`, but for those above one that weighs as much, and those in `kept` with what is above
    /// them.
    pub fn lighter_than(&self, least: Least, kept: &[usize]) -> Vec<LeftOut> {
        if least.is_none() {
            return Vec::new();
        }
        let (own_cost, _) = self.sums();
        let mut stays: Vec<bool> = (0..self.len())
            .map(|row| {
                let weighs_time = least
                    .time
                    .is_some_and(|share| share.is_reached(self.length_ns(row).into(), self.extent.duration_ns.into()));
                let cost = self.lines.sums(row).cost.filter(|cost| cost.pico() > 0);
                let weighs_cost =
                    least.cost.zip(cost).is_some_and(|(share, cost)| share.is_reached(cost.pico(), own_cost.pico()));
                weighs_time || weighs_cost
            })
            .collect();
        kept.iter().filter(|&&row| row < self.len()).for_each(|&row| stays[row] = true);
        // Parents stand above their children, so one pass from the end reaches every ancestor.
        for row in (0..self.len()).rev() {
            if let Some(parent) = self.lines.parent(row).filter(|_| stays[row]) {
                stays[parent] = true;
            }
        }
        let mut first = 0;
        let runs = stays.chunk_by(|left, right| left == right).filter_map(|run| {
            let at = first;
            first += run.len();
            (!run[0]).then_some(LeftOut { first: at, count: run.len() })
        });
        runs.collect()
    }

    /// The duration of a row's span; what only stands for spans has none of its own.
    fn length_ns(&self, row: usize) -> i64 {
        match self.lines.content(row) {
            Content::Span(span) => self.spans.duration(span),
            Content::Missing(_) | Content::Similar(_) => -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::trace::Skeleton;
    use crate::trace::tree::tests::a_span;
    use crate::trace::waterfall::tests::{any_trace, columns};
    use crate::usd::Usd;

    proptest! {
        #[test]
        fn a_share_survives_its_text(hundredths in 1..=WHOLE) {
            prop_assert_eq!(Share(hundredths).to_string().parse(), Ok(Share(hundredths)));
        }

        #[test]
        fn what_stays_weighs_enough_or_stands_above_what_does(spans in any_trace(), time in 1..=WHOLE, cost in 1..=WHOLE) {
            let waterfall = Waterfall::of(columns(&spans));
            let least = Least { time: Some(Share(time)), cost: Some(Share(cost)) };
            let left_out = waterfall.lighter_than(least, &[]);
            let rows = waterfall.rows(0..waterfall.len());
            let is_out = |row: usize| left_out.iter().any(|run| run.first <= row && row < run.first + run.count);
            for row in &rows {
                let mut below = rows[row.index..=row.index + row.descendants].iter();
                prop_assert!(!is_out(row.index) || below.all(|below| is_out(below.index)), "left out are whole subtrees");
                prop_assert!(row.parent.is_none_or(|parent| !is_out(parent) || is_out(row.index)));
            }
            prop_assert!(left_out.windows(2).all(|pair| pair[0].first + pair[0].count < pair[1].first));
        }
    }

    #[test]
    fn shares_are_read_as_percentages() {
        assert_eq!(
            ["5", "0.5", "12.25%", "100"].map(|text| text.parse()),
            [500, 50, 1_225, 10_000].map(|n| Ok(Share(n)))
        );
        for text in ["", "0", "101", "-1", "1.234", "five", ".", "1e1"] {
            assert_eq!(text.parse::<Share>(), Err(ShareError), "{text}");
        }
    }

    #[test]
    fn long_and_dear_spans_stay_with_what_is_above_them() {
        let dear = Some(Usd::from_pico(90));
        let spans = [
            a_span(0, None, 0, 1_000),
            a_span(1, Some(0), 10, 20),
            Skeleton { cost: dear, ..a_span(2, Some(1), 11, 5) },
            Skeleton { cost: Some(Usd::from_pico(10)), ..a_span(3, Some(1), 17, 5) },
            a_span(4, Some(0), 100, 500),
        ];
        let waterfall = Waterfall::of(columns(&spans));
        let run = |first, count| LeftOut { first, count };
        let half = Some("50".parse().unwrap());
        let least = |time, cost| Least { time, cost };
        assert_eq!(waterfall.lighter_than(least(half, None), &[]), [run(1, 3)]);
        assert_eq!(waterfall.lighter_than(least(None, half), &[]), [run(3, 2)]);
        assert_eq!(waterfall.lighter_than(least(half, half), &[]), [run(3, 1)]);
        assert_eq!(waterfall.lighter_than(least(half, None), &[3]), [run(2, 1)]);
        assert_eq!(waterfall.lighter_than(Least::default(), &[]), []);
    }
}
