//! Distributions of durations that can be merged, and unmerged: DDSketch with 2 % relative error.
//!
//! Bin `i` counts durations in `(g^(i-1), g^i]` nanoseconds; counts may be negative, so that a trace's contribution can
//! be taken back exactly. Bins are sparse: most sketches hold a handful of calls.

use std::collections::BTreeMap;

use prost::Message;

/// Relative error of a quantile.
const ACCURACY: f64 = 0.02;

/// Ratio of a bin's upper edge to its lower edge.
const GAMMA: f64 = (1.0 + ACCURACY) / (1.0 - ACCURACY);

/// Counts of durations by bin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sketch {
    bins: BTreeMap<i32, i64>,
}

#[derive(Clone, PartialEq, Message)]
pub(crate) struct Encoded {
    #[prost(sint32, repeated, tag = "1")]
    bins: Vec<i32>,
    #[prost(sint64, repeated, tag = "2")]
    counts: Vec<i64>,
}

impl Sketch {
    /// Counts one duration; everything up to a nanosecond is one bin.
    pub(crate) fn add(&mut self, duration_ns: i64) {
        // The logarithm of any i64 is below 44, so the bin is below 1 100.
        let bin = ((duration_ns.max(1) as f64).ln() / GAMMA.ln()).ceil() as i32;
        *self.bins.entry(bin).or_default() += 1;
    }

    /// Adds (`sign` 1) or takes back (`sign` -1) what `other` counted.
    pub(crate) fn merge(&mut self, other: &Self, sign: i64) {
        for (bin, count) in &other.bins {
            let merged = self.bins.entry(*bin).or_default();
            *merged += sign * count;
            if *merged == 0 {
                self.bins.remove(bin);
            }
        }
    }

    /// The duration in nanoseconds that this share (0 to 1) of all durations does not exceed; `None` without durations.
    pub(crate) fn quantile_ns(&self, share: f64) -> Option<f64> {
        let total: i64 = self.bins.values().sum();
        let rank = (share * (total - 1) as f64).floor() as i64;
        let mut below = 0;
        let bin = self.bins.iter().find(|(_, count)| {
            below += **count;
            below > rank
        });
        // The middle of the bin in the sense of relative error.
        bin.filter(|_| total > 0).map(|(bin, _)| 2.0 * GAMMA.powi(*bin) / (GAMMA + 1.0))
    }

    /// The same in milliseconds.
    pub(crate) fn quantile_ms(&self, share: f64) -> Option<f64> {
        self.quantile_ns(share).map(|ns| ns / 1e6)
    }

    pub(crate) fn to_message(&self) -> Encoded {
        Encoded { bins: self.bins.keys().copied().collect(), counts: self.bins.values().copied().collect() }
    }

    pub(crate) fn from_message(encoded: &Encoded) -> Self {
        Self { bins: encoded.bins.iter().copied().zip(encoded.counts.iter().copied()).collect() }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        self.to_message().encode_to_vec()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, prost::DecodeError> {
        Encoded::decode(bytes).map(|encoded| Self::from_message(&encoded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(durations: &[i64]) -> Sketch {
        let mut sketch = Sketch::default();
        durations.iter().for_each(|duration| sketch.add(*duration));
        sketch
    }

    proptest! {
        #[test]
        fn a_quantile_is_within_two_per_cent(mut durations in prop::collection::vec(1i64..1_000_000_000_000, 1..200), share in 0.0..1.0f64) {
            let estimate = of(&durations).quantile_ns(share).unwrap();
            durations.sort_unstable();
            let exact = durations[(share * (durations.len() - 1) as f64).floor() as usize] as f64;
            prop_assert!((estimate - exact).abs() <= exact * 0.0201 + 0.03, "{estimate} for {exact}");
        }

        #[test]
        fn what_was_merged_can_be_taken_back(left in prop::collection::vec(any::<i64>(), 0..50), right in prop::collection::vec(any::<i64>(), 0..50)) {
            let mut merged = of(&left);
            merged.merge(&of(&right), 1);
            let mut all = left.clone();
            all.extend(&right);
            prop_assert_eq!(&merged, &of(&all));
            merged.merge(&of(&right), -1);
            prop_assert_eq!(&merged, &of(&left));
            prop_assert_eq!(Sketch::decode(&merged.encode()).unwrap(), merged);
        }
    }

    #[test]
    fn no_durations_have_no_quantile() {
        assert_eq!(Sketch::default().quantile_ms(0.95), None);
    }
}
