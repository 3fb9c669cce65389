//! The latest minutes against what is expected of them.

use serde::{Deserialize, Serialize};

use super::{Outlook, Sensitivity};

/// Windows that are looked at, in minutes: short ones catch what runs away, long ones what leaks.
pub const WINDOWS: [usize; 4] = [2, 5, 15, 60];

/// Minutes that are looked at: two of the longest window, one before the other.
pub const MINUTES: i64 = 2 * WINDOWS[WINDOWS.len() - 1] as i64;

/// What a series spent in a minute.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Minute {
    /// Dollars.
    pub usd: f64,
}

/// Spend far beyond what is expected.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Odd {
    /// The window, in minutes until now.
    pub minutes: usize,
    /// Dollars spent in it.
    pub usd: f64,
    /// Dollars expected.
    pub expected: f64,
    /// How much that varies.
    pub spread: f64,
}

impl Odd {
    /// Spreads over what is expected.
    pub fn score(&self) -> f64 {
        self.excess() / self.spread
    }

    /// Dollars over what is expected.
    pub fn excess(&self) -> f64 {
        self.usd - self.expected
    }
}

/// The oddest window that ends with the minute `now`, which is the last of these, the oldest first; `None` when none is odd.
pub fn judge(outlook: &Outlook, minutes: &[Minute], now: i64, sensitivity: &Sensitivity) -> Option<Odd> {
    let odd = WINDOWS.into_iter().filter_map(|width| {
        let odd = outlook.window(minutes, now, 0, width)?;
        let is_large =
            odd.excess() >= sensitivity.excess_usd && odd.excess() >= sensitivity.excess_share * odd.expected;
        let was_odd = || outlook.window(minutes, now, width, width).is_some_and(|odd| odd.score() >= sensitivity.twice);
        let is_odd = odd.score() >= sensitivity.once || (odd.score() >= sensitivity.twice && was_odd());
        (is_large && is_odd).then_some(odd)
    });
    odd.max_by(|left, right| left.score().total_cmp(&right.score()))
}
