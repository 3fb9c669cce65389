//! How a figure is spread, as a histogram of fixed size: good enough for a page, small enough to keep one for every second.

use model::ingest::Quantiles;

/// Classes; the first holds everything up to one unit, each next one reaches [`GROWTH`] times further, so the last ends
/// at 1.3^60, 6.9 million units: of milliseconds that is two hours, and no batch has as many spans.
const CLASSES: usize = 61;
/// Ratio of the ends of neighbouring classes: the error of a quantile stays under 30 %.
const GROWTH: f64 = 1.3;

/// A histogram of figures, in whatever unit one is small.
#[derive(Debug, Clone)]
pub struct Sketch {
    classes: [u64; CLASSES],
    max: f64,
}

impl Default for Sketch {
    fn default() -> Self {
        Self { classes: [0; CLASSES], max: 0.0 }
    }
}

impl Sketch {
    /// Counts one figure.
    pub fn record(&mut self, units: f64) {
        let class = units.log(GROWTH).ceil().max(0.0);
        // Casting saturates, and NaN becomes 0.
        self.classes[(class as usize).min(CLASSES - 1)] += 1;
        self.max = self.max.max(units);
    }

    /// Adds what another one counted.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.classes.iter_mut().zip(other.classes) {
            *mine += theirs;
        }
        self.max = self.max.max(other.max);
    }

    /// Units that this share of all figures did not exceed; `None` without any.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let total = self.count();
        if total == 0 {
            return None;
        }
        let rank = (total as f64 * share).ceil() as u64;
        let mut seen = 0;
        let class = self.classes.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(GROWTH.powi(i32::try_from(class).ok()?).min(self.max))
    }

    /// The usual quantiles, each times `unit`; `None` without figures.
    pub fn quantiles(&self, unit: f64) -> Option<Quantiles> {
        let quantile = |share| Some(self.quantile(share)? * unit);
        Some(Quantiles {
            count: self.count(),
            p50: quantile(0.5)?,
            p90: quantile(0.9)?,
            p99: quantile(0.99)?,
            max: self.max * unit,
        })
    }

    fn count(&self) -> u64 {
        self.classes.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_within_a_third_of_the_truth() {
        let mut sketch = Sketch::default();
        (1..=1_000).for_each(|figure| sketch.record(f64::from(figure)));
        let told = sketch.quantiles(0.001).unwrap();
        assert!((0.5..0.5 * GROWTH).contains(&told.p50), "{told:?}");
        assert!((0.9..=1.0).contains(&told.p90), "{told:?}");
        assert!((0.99..=1.0).contains(&told.p99), "{told:?}");
        assert_eq!((told.count, told.max), (1_000, 1.0));
        assert_eq!(Sketch::default().quantiles(1.0), None);
    }

    #[test]
    fn nothing_and_ages_are_counted_too() {
        let mut sketch = Sketch::default();
        sketch.record(0.0);
        assert_eq!(sketch.quantile(0.5), Some(0.0));
        sketch.record(1e15);
        assert!(sketch.quantile(1.0).unwrap() > 3_600_000.0);
    }
}
