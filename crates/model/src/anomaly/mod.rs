//! Odd spend: what a series is expected to spend by now, and whether what it does spend is far beyond that.
//!
//! [`Expectation::of`] looks at the hours behind and says what an hour is to bring, with how much that varies; [`judge`] holds
//! the latest minutes against those of their hours, the [`Outlook`]; [`Episode`] remembers across looks, so that what is odd for an hour is one case that grows.
//! All of it is pure: the same history and the same minutes give the same answer on every server and after every restart.
//!
//! Dollars are `f64` here and nowhere else on the way of money: nothing that is found is ever booked.

mod episode;
mod expectation;
mod judge;
mod outlook;
mod replay;
mod statistics;
mod subject;

pub use episode::{Episode, QUIET_SCORE, Turn};
pub use expectation::{Basis, Expectation};
pub use judge::{MINUTES, Minute, Odd, WINDOWS, judge};
pub use outlook::Outlook;
pub use replay::{Past, replay};
pub use subject::{Kind, Subject};

/// From when on spend is odd.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sensitivity {
    /// Dollars it has to be over what is expected.
    pub excess_usd: f64,
    /// Share of what is expected it has to be over it; 0.5 is half as much again.
    pub excess_share: f64,
    /// Spreads it has to be over it in two windows, one after the other.
    pub twice: f64,
    /// Spreads it has to be over it in one window.
    pub once: f64,
}

impl Default for Sensitivity {
    fn default() -> Self {
        Self { excess_usd: 1.0, excess_share: 0.5, twice: 4.0, once: 8.0 }
    }
}

/// What a series spent in an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Hour {
    /// Dollars.
    pub usd: f64,
    /// Spans that spent them.
    pub calls: f64,
}

#[cfg(test)]
mod tests;
