//! The histogram of how late spans become visible, for `/metrics`.
//!
//! It has an observation per span, so it is added to by the batch: a recorder that is told every span would cost more than
//! what it measures.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// Upper bounds in seconds: from what nobody notices to the hour after which a span counts as imported history.
const BOUNDS: [(&str, i64); 14] = [
    ("0.01", 10_000_000),
    ("0.025", 25_000_000),
    ("0.05", 50_000_000),
    ("0.1", 100_000_000),
    ("0.25", 250_000_000),
    ("0.5", 500_000_000),
    ("1", 1_000_000_000),
    ("2.5", 2_500_000_000),
    ("5", 5_000_000_000),
    ("10", 10_000_000_000),
    ("30", 30_000_000_000),
    ("60", 60_000_000_000),
    ("300", 300_000_000_000),
    ("3600", 3_600_000_000_000),
];

/// The histogram of this process, like the recorder of everything else.
pub static SPANS: Lag = Lag::new();

const NAME: &str = "tracetab_ingest_lag_seconds";
const HELP: &str = "From the end of a span to its commit; spans that arrive more than an hour after their end are history and left out.";

/// Counts per bound.
#[derive(Debug)]
pub struct Lag {
    /// The last one is beyond all bounds.
    counts: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

/// Observations of one batch.
#[derive(Debug, Default)]
pub struct Tally {
    counts: [u64; BOUNDS.len() + 1],
    nanoseconds: u64,
}

impl Tally {
    /// Counts one span.
    pub fn record(&mut self, nanoseconds: i64) {
        self.counts[BOUNDS.partition_point(|(_, bound)| *bound < nanoseconds)] += 1;
        self.nanoseconds = self.nanoseconds.saturating_add(nanoseconds.unsigned_abs());
    }
}

impl Lag {
    const fn new() -> Self {
        Self { counts: [const { AtomicU64::new(0) }; BOUNDS.len() + 1], microseconds: AtomicU64::new(0) }
    }

    /// Adds a batch.
    pub fn add(&self, tally: &Tally) {
        for (sum, more) in self.counts.iter().zip(tally.counts).filter(|(_, more)| *more > 0) {
            sum.fetch_add(more, Ordering::Relaxed);
        }
        self.microseconds.fetch_add(tally.nanoseconds / 1_000, Ordering::Relaxed);
    }

    /// In Prometheus' text format: one family.
    pub fn render(&self) -> String {
        let mut text = format!("# HELP {NAME} {HELP}\n# TYPE {NAME} histogram\n");
        let mut seen = 0;
        let bounds = BOUNDS.iter().map(|(bound, _)| *bound).chain(["+Inf"]);
        for (bound, count) in bounds.zip(&self.counts) {
            seen += count.load(Ordering::Relaxed);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{NAME}_bucket{{le=\"{bound}\"}} {seen}");
        }
        let sum = self.microseconds.load(Ordering::Relaxed) as f64 / 1e6;
        let _ = write!(text, "{NAME}_sum {sum}\n{NAME}_count {seen}\n\n");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up_and_a_bound_belongs_to_its_bucket() {
        let lag = Lag::new();
        let mut tally = Tally::default();
        [0, 10_000_000, 10_000_001, 2_000_000_000, i64::MAX].into_iter().for_each(|lag| tally.record(lag));
        lag.add(&tally);
        let text = lag.render();
        for line in ["le=\"0.01\"} 2\n", "le=\"0.025\"} 3\n", "le=\"2.5\"} 4\n", "le=\"+Inf\"} 5\n", "_count 5\n"] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
    }

    #[test]
    fn bounds_say_what_they_are() {
        for (text, nanoseconds) in BOUNDS {
            assert_eq!(text.parse::<f64>().unwrap() * 1e9, nanoseconds as f64);
        }
    }
}
