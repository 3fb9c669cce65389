//! Ticks of a time axis.

/// Round points in time to label between two moments: 1, 2 or 5 times a power of ten apart, how far that is and where they are; at
/// most `ticks_max` of them. Between a moment and itself there is at most that one.
pub fn ticks_between(from_ns: i64, to_ns: i64, ticks_max: usize) -> (i64, Vec<i64>) {
    let most = ticks_max.max(2);
    let (from_ns, length) = (from_ns.max(0), to_ns.saturating_sub(from_ns).max(0));
    let step = step(length, most);
    let first = from_ns.saturating_add(step - 1) / step;
    let tick = |nth: i64| nth.checked_mul(step).filter(|tick| *tick <= to_ns);
    (step, (first..).map_while(tick).take(most).collect())
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
            let (_, ticks) = ticks_between(0, duration, most);
            prop_assert!(ticks.len() <= most && ticks[0] == 0);
            prop_assert!(ticks.iter().all(|tick| *tick <= duration));
            if let Some(&step) = ticks.get(1) {
                let digits = step.to_string();
                prop_assert!(["1", "2", "5"].contains(&digits.trim_end_matches('0')));
            }
        }
    }

    proptest! {
        #[test]
        fn ticks_between_two_moments_are_those_of_the_axis_that_lie_there(from in 0i64..1 << 40, length in 0i64..1 << 40, most in 2usize..12) {
            let (step, ticks) = ticks_between(from, from + length, most);
            prop_assert!(ticks.len() <= most);
            prop_assert!(ticks.iter().all(|tick| (from..=from + length).contains(tick) && tick % step == 0));
            prop_assert!(ticks.windows(2).all(|pair| pair[1] - pair[0] == step));
        }
    }

    #[test]
    fn ticks_of_usual_traces() {
        let ticks = |duration_ns, most| ticks_between(0, duration_ns, most).1;
        assert_eq!(ticks(4_820_000_000, 6), [0, 1_000_000_000, 2_000_000_000, 3_000_000_000, 4_000_000_000]);
        assert_eq!(ticks(250_000_000, 6), [0, 50_000_000, 100_000_000, 150_000_000, 200_000_000, 250_000_000]);
        assert_eq!(ticks(0, 6), [0]);
    }
}
