//! What the minutes behind were to bring, across the hours they are of.

use super::{Expectation, Minute, Odd};

/// The part of what is expected that is never odd, however little it varies.
const SPREAD_SHARE_MIN: f64 = 0.05;

/// Dollars that are never odd.
const SPREAD_USD_MIN: f64 = 0.1;

/// Hours that windows may reach into: two of an hour, one before the other.
const HOURS: usize = 3;

/// The expectations of this hour and of those before it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook([Option<Expectation>; HOURS]);

impl Outlook {
    /// Those of the latest hours, this one first; further ones are not needed.
    pub fn new(latest: impl IntoIterator<Item = Option<Expectation>>) -> Self {
        let mut hours = [None; HOURS];
        hours.iter_mut().zip(latest).for_each(|(hour, expectation)| *hour = expectation);
        Self(hours)
    }

    /// That of this hour.
    pub const fn now(&self) -> Option<&Expectation> {
        self.0[0].as_ref()
    }

    /// Dollars expected in `width` minutes, and how much that varies. The last of them is `back` minutes before `now`, the minute
    /// that is looked at, in minutes since 1970. `None` where nothing can be expected.
    pub fn within(&self, now: i64, back: usize, width: usize) -> Option<(f64, f64)> {
        let of_hour = usize::try_from(now.rem_euclid(60)).unwrap_or_default();
        // Minutes back that are of this hour, of the one before, and so on.
        let (mut usd, mut variance, mut until) = (0.0, 0.0, of_hour + 1);
        let mut since = 0;
        for expectation in self.0 {
            let minutes = until.min(back + width).saturating_sub(since.max(back));
            if minutes > 0 {
                let (more, varying) = expectation?.within(minutes as f64);
                (usd, variance) = (usd + more, variance + varying);
            }
            (since, until) = (until, until + 60);
        }
        Some((usd, variance.sqrt().max(SPREAD_SHARE_MIN * usd).max(SPREAD_USD_MIN)))
    }

    /// What was spent in `width` minutes against what was expected; `None` when so many are not known.
    pub(super) fn window(&self, minutes: &[Minute], now: i64, back: usize, width: usize) -> Option<Odd> {
        let until = minutes.len().checked_sub(back)?;
        let spent = minutes.get(until.checked_sub(width)?..until)?;
        let (expected, spread) = self.within(now, back, width)?;
        Some(Odd { minutes: width, usd: spent.iter().map(|minute| minute.usd).sum(), expected, spread })
    }
}
