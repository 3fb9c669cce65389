//! Ticks of a time axis.

/// Round points in time to label on an axis from 0 to `duration_ns`: 1, 2 or 5 times a power of ten apart, at most
/// `ticks_max` of them, 0 included. An axis without length has the tick 0.
pub fn ticks(duration_ns: i64, ticks_max: usize) -> Vec<i64> {
    let step = step(duration_ns, ticks_max.max(2));
    let tick = |nth: i64| nth.checked_mul(step).filter(|tick| *tick <= duration_ns.max(0));
    (0..).map_while(tick).take(ticks_max.max(2)).collect()
}

/// The smallest round step that needs no more than `ticks_max` ticks.
fn step(duration_ns: i64, ticks_max: usize) -> i64 {
    let fits = |step: i64| (duration_ns / step) < ticks_max as i64;
    let powers = std::iter::successors(Some(1i64), |power| power.checked_mul(10));
    let steps = powers.flat_map(|power| [1, 2, 5].into_iter().filter_map(move |factor| power.checked_mul(factor)));
    steps.into_iter().find(|&step| fits(step)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ticks_are_round_within_the_axis_and_not_too_many(duration in 0i64.., most in 2usize..12) {
            let ticks = ticks(duration, most);
            prop_assert!(ticks.len() <= most && ticks[0] == 0);
            prop_assert!(ticks.iter().all(|tick| *tick <= duration));
            if let Some(&step) = ticks.get(1) {
                let digits = step.to_string();
                prop_assert!(["1", "2", "5"].contains(&digits.trim_end_matches('0')));
            }
        }
    }

    #[test]
    fn ticks_of_usual_traces() {
        assert_eq!(ticks(4_820_000_000, 6), [0, 1_000_000_000, 2_000_000_000, 3_000_000_000, 4_000_000_000]);
        assert_eq!(ticks(250_000_000, 6), [0, 50_000_000, 100_000_000, 150_000_000, 200_000_000, 250_000_000]);
        assert_eq!(ticks(0, 6), [0]);
    }
}
