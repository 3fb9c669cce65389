//! Figures that a few wild values do not move.

/// Makes the median absolute deviation of normal values their standard deviation.
pub const MAD_TO_DEVIATION: f64 = 1.4826;

/// The middle of some values, which are put in another order; `None` when there is none.
pub fn median(values: &mut [f64]) -> Option<f64> {
    let is_odd = values.len() % 2 == 1;
    let middle = values.len().checked_sub(1)? / 2;
    let (_, &mut low, above) = values.select_nth_unstable_by(middle, f64::total_cmp);
    if is_odd {
        return Some(low);
    }
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    Some(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_not_moved_by_a_wild_value() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 1e9]), Some(3.0));
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 2.0]), Some(2.5));
    }
}
