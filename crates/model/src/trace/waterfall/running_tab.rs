//! The running tab: what a trace has cost at each moment of its time, from nothing to the total.

use serde::{Deserialize, Serialize};

use super::Waterfall;
use crate::usd::UsdSum;

/// Cost at evenly spaced moments, the first at the start of the trace and the last at its end.
/// A span's cost runs up evenly over its duration; unknown costs add nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningTab {
    /// Cost so far, never falling.
    pub points: Vec<UsdSum>,
}

impl RunningTab {
    /// The whole: what the last point says.
    pub fn total(&self) -> UsdSum {
        self.points.last().copied().unwrap_or_default()
    }
}

impl Waterfall {
    /// The running tab at `steps` + 1 moments. Takes a step per span, and one more per moment a priced span covers.
    pub(super) fn running_tab(&self, steps: usize) -> RunningTab {
        let steps = steps.max(1);
        let duration = i128::from(self.extent.duration_ns);
        let mut partial = vec![0i128; steps + 1];
        // Full costs, added at the first moment by which the span has ended.
        let mut finished = vec![0i128; steps + 1];
        for span in 0..self.spans.len() as u32 {
            let Some(cost) = self.spans.cost(span).map(|cost| i128::from(cost.pico())) else { continue };
            let offset = i128::from(self.spans.start(span)) - i128::from(self.extent.start_ns);
            let length = i128::from(self.spans.duration(span));
            let first = first_moment_at(offset, duration, steps);
            let done = first_moment_at(offset + length, duration, steps);
            for (moment, sum) in partial.iter_mut().enumerate().take(done).skip(first) {
                let elapsed = duration * moment as i128 / steps as i128 - offset;
                *sum += cost * elapsed.clamp(0, length) / length.max(1);
            }
            finished[done] += cost;
        }
        let mut paid = 0;
        let total = partial.into_iter().zip(finished).map(|(running, finished)| {
            paid += finished;
            UsdSum::from_pico(paid + running)
        });
        RunningTab { points: total.collect() }
    }
}

/// The first of the `steps` + 1 moments that is not before `offset`; the last for anything at the end.
fn first_moment_at(offset: i128, duration: i128, steps: usize) -> usize {
    if duration == 0 {
        return steps;
    }
    let moment = (offset * steps as i128 + duration - 1) / duration;
    usize::try_from(moment).unwrap_or(0).min(steps)
}
