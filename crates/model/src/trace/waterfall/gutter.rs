//! The whole trace beside its rows: where the money is and where something failed, at the resolution of a screen.

use serde::{Deserialize, Serialize};

use super::Waterfall;

/// Steps of the gutter: one per four pixels of a high screen.
pub const GUTTER_STEPS: usize = 200;

/// What lies where, from the first row to the last, whatever is folded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gutter {
    /// Own cost of the rows of each step, in hundredths of that of the dearest step. No more steps than rows.
    pub costs: Vec<u8>,
    /// Steps with a failed span.
    pub failed: Vec<usize>,
}

/// The step a row is in.
pub(super) fn step_of(row: usize, rows: usize) -> usize {
    row * GUTTER_STEPS.min(rows) / rows.max(1)
}

impl Waterfall {
    pub(super) fn gutter(&self) -> Gutter {
        let steps = GUTTER_STEPS.min(self.len());
        let mut picos = vec![0i128; steps];
        let mut failed = Vec::new();
        for row in 0..self.len() {
            let Some(span) = self.lines.span(row) else { continue };
            let step = step_of(row, self.len());
            picos[step] += self.spans.cost(span).map_or(0, |cost| i128::from(cost.pico()));
            if self.spans.has_failed(span) && failed.last() != Some(&step) {
                failed.push(step);
            }
        }
        let most = picos.iter().copied().max().unwrap_or(0).max(1);
        // Costs are never negative, so a share is at most a hundred; what costs anything is seen.
        let share = |pico: i128| ((pico * 100 + most - 1) / most) as u8;
        Gutter { costs: picos.into_iter().map(share).collect(), failed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Status;
    use crate::trace::Skeleton;
    use crate::trace::tree::tests::a_span;
    use crate::trace::waterfall::tests::columns;
    use crate::usd::Usd;

    #[test]
    fn every_row_has_its_step_and_what_costs_anything_is_seen() {
        let cost = |pico| Some(Usd::from_pico(pico));
        let spans = [
            a_span(0, None, 0, 9),
            Skeleton { cost: cost(1_000), ..a_span(1, Some(0), 1, 1) },
            Skeleton { cost: cost(1), status: Status::Error, ..a_span(2, Some(0), 2, 1) },
        ];
        let gutter = Waterfall::of(columns(&spans)).gutter();
        assert_eq!(gutter, Gutter { costs: vec![0, 100, 1], failed: vec![2] });
        assert_eq!(Waterfall::of(columns(&[])).gutter(), Gutter::default());
    }

    #[test]
    fn large_traces_have_no_more_steps_than_a_screen() {
        for rows in [1, 199, 200, 201, 1_000_000] {
            assert_eq!(step_of(0, rows), 0);
            assert_eq!(step_of(rows - 1, rows), GUTTER_STEPS.min(rows) - 1);
        }
    }
}
