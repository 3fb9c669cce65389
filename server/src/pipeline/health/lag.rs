//! How late spans are, as a histogram of fixed size: good enough for a figure on a page, small enough to keep sixty.

/// Classes; the first holds everything under [`FIRST_SECONDS`], each next one reaches [`GROWTH`] times further,
/// so the last ends beyond an hour: 0.001 * 1.3^60 is 6 900 s.
const CLASSES: usize = 61;
/// End of the first class.
const FIRST_SECONDS: f64 = 0.001;
/// Ratio of the ends of neighbouring classes: the error of a quantile stays under 30 %.
const GROWTH: f64 = 1.3;

/// A histogram of seconds.
#[derive(Debug, Clone)]
pub struct Lag([u64; CLASSES]);

impl Default for Lag {
    fn default() -> Self {
        Self([0; CLASSES])
    }
}

impl Lag {
    /// Counts one span.
    pub fn record(&mut self, seconds: f64) {
        let class = (seconds / FIRST_SECONDS).log(GROWTH).ceil().max(0.0);
        // Casting saturates, and NaN becomes 0.
        self.0[(class as usize).min(CLASSES - 1)] += 1;
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine += theirs;
        }
    }

    /// Seconds that this share of all spans did not exceed; `None` without spans.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let total: u64 = self.0.iter().sum();
        if total == 0 {
            return None;
        }
        let rank = (total as f64 * share).ceil() as u64;
        let mut seen = 0;
        let class = self.0.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(FIRST_SECONDS * GROWTH.powi(i32::try_from(class).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_within_a_third_of_the_truth() {
        let mut lag = Lag::default();
        (1..=1_000).for_each(|milliseconds| lag.record(f64::from(milliseconds) / 1_000.0));
        let p99 = lag.quantile(0.99).unwrap();
        assert!((0.99..0.99 * GROWTH).contains(&p99), "{p99}");
        assert_eq!(Lag::default().quantile(0.99), None);
    }

    #[test]
    fn nothing_and_ages_are_counted_too() {
        let mut lag = Lag::default();
        lag.record(0.0);
        assert_eq!(lag.quantile(0.5), Some(FIRST_SECONDS));
        lag.record(1e12);
        assert!(lag.quantile(1.0).unwrap() > 3_600.0);
    }
}
