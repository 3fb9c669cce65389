//! A part of a trace's time, as its axis shows it, and what the trace cost within.

use serde::{Deserialize, Serialize};

use super::{Extent, Waterfall};
use crate::usd::UsdSum;

/// The shortest part an axis shows, as a part of the whole: what is shorter has no second digit left on a screen.
const SHORTEST: i64 = 100_000;

/// A part of a trace's time, in nanoseconds after its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zoom {
    /// Where it begins.
    pub from_ns: i64,
    /// Where it ends.
    pub to_ns: i64,
}

impl Zoom {
    /// All of a trace's time.
    pub const fn whole(extent: Extent) -> Self {
        Self { from_ns: 0, to_ns: extent.duration_ns }
    }

    /// The part from one moment to the other, in any order, within the trace and long enough to be shown.
    pub fn within(extent: Extent, from_ns: i64, to_ns: i64) -> Self {
        let end = extent.duration_ns;
        let shortest = (end / SHORTEST).max(1).min(end);
        let (from_ns, to_ns) = (from_ns.min(to_ns).clamp(0, end), from_ns.max(to_ns).clamp(0, end));
        let from_ns = from_ns.min(end - shortest);
        Self { from_ns, to_ns: to_ns.max(from_ns + shortest) }
    }

    /// Its length.
    pub const fn duration_ns(self) -> i64 {
        self.to_ns - self.from_ns
    }

    /// Whether it is all of the trace's time.
    pub fn is_whole(self, extent: Extent) -> bool {
        self == Self::whole(extent)
    }

    /// Where a moment lies in it: 0 at its start, 1 at its end; a part without length is all at 0.
    pub fn fraction(self, offset_ns: i64) -> f64 {
        let length = self.duration_ns();
        if length == 0 { 0.0 } else { offset_ns.saturating_sub(self.from_ns) as f64 / length as f64 }
    }

    /// The part that is `times` as long, with the moment `around_ns` where it was on the axis as far as the trace goes.
    pub fn scaled(self, extent: Extent, times: f64, around_ns: i64) -> Self {
        let around = around_ns.clamp(self.from_ns, self.to_ns);
        // Rounded to whole nanoseconds; what is more than there are saturates.
        let length = ((self.duration_ns() as f64 * times) as i64).min(extent.duration_ns);
        let before = (self.fraction(around) * length as f64) as i64;
        let from = around.saturating_sub(before).clamp(0, extent.duration_ns - length);
        Self::within(extent, from, from.saturating_add(length))
    }
}

impl Waterfall {
    /// What was spent within a part of the trace's time, as the running tab has it: a cost runs up evenly over its span. Over
    /// parts that tile the trace it adds up to within a pico-dollar per span and part.
    pub fn cost_within(&self, zoom: Zoom) -> UsdSum {
        // What costs something without taking time is paid at its moment; at the start of the trace that is within.
        let paid = |until: i64| if until <= 0 { UsdSum::ZERO } else { self.paid_until(until) };
        paid(zoom.to_ns) - paid(zoom.from_ns)
    }

    fn paid_until(&self, until_ns: i64) -> UsdSum {
        let paid = (0..self.spans.len() as u32).filter_map(|span| {
            let cost = i128::from(self.spans.cost(span)?.pico());
            let (offset, length) = (self.offset(self.spans.start(span)), self.spans.duration(span));
            let elapsed = until_ns.saturating_sub(offset);
            Some(match length {
                0 if elapsed >= 0 => cost,
                length => cost * i128::from(elapsed.clamp(0, length)) / i128::from(length.max(1)),
            })
        });
        UsdSum::from_pico(paid.sum())
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
        fn any_two_moments_are_a_part_of_the_trace(duration_ns in 0i64.., from in any::<i64>(), to in any::<i64>()) {
            let extent = Extent { start_ns: 5, duration_ns };
            let zoom = Zoom::within(extent, from, to);
            prop_assert!(0 <= zoom.from_ns && zoom.from_ns <= zoom.to_ns && zoom.to_ns <= duration_ns);
            prop_assert!(duration_ns == 0 || zoom.duration_ns() > 0);
        }

        #[test]
        fn nearer_and_farther_stay_within_the_trace(from in 0i64..900, length in 1i64..100, around in -9i64..1_009) {
            let extent = Extent { start_ns: 0, duration_ns: 1_000 };
            let zoom = Zoom::within(extent, from, from + length);
            for times in [0.0, 0.5, 2.0, 1e30] {
                let scaled = zoom.scaled(extent, times, around);
                prop_assert!(0 <= scaled.from_ns && scaled.from_ns < scaled.to_ns && scaled.to_ns <= 1_000);
            }
            prop_assert!(zoom.scaled(extent, 1e30, around).is_whole(extent));
        }

        #[test]
        fn the_whole_costs_the_total_and_parts_add_up(spans in any_trace(), cut in 0i64..1_500) {
            let waterfall = Waterfall::of(columns(&spans));
            let extent = waterfall.extent();
            let (total, _) = waterfall.sums();
            let cut = cut.min(extent.duration_ns);
            let part = |from_ns, to_ns| waterfall.cost_within(Zoom { from_ns, to_ns });
            if extent.duration_ns > 0 {
                prop_assert_eq!(part(0, extent.duration_ns), total);
                prop_assert_eq!(part(0, cut) + part(cut, extent.duration_ns), total);
            }
        }
    }

    #[test]
    fn a_cost_runs_up_evenly_over_its_span() {
        let spans = [
            Skeleton { cost: Some(Usd::from_pico(100)), ..a_span(0, None, 0, 1_000) },
            Skeleton { cost: Some(Usd::from_pico(7)), ..a_span(1, Some(0), 600, 0) },
        ];
        let waterfall = Waterfall::of(columns(&spans));
        let part = |from_ns, to_ns| waterfall.cost_within(Zoom { from_ns, to_ns }).pico();
        assert_eq!([part(0, 500), part(250, 500), part(500, 1_000), part(0, 1_000)], [50, 25, 57, 107]);
    }
}
