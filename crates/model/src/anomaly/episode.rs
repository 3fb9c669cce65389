//! One case of odd spend, from the look that finds it to the one that finds it over.

use serde::{Deserialize, Serialize};

use super::{Minute, Odd, Outlook, Sensitivity, judge};

/// Minutes that have to be as expected until a case is over.
const QUIET_MINUTES: usize = 15;

/// Spreads within which spend is as expected.
pub const QUIET_SCORE: f64 = 2.0;

/// A case that is open.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Episode {
    /// The first minute of the window that opened it, in minutes since 1970.
    pub since: i64,
    /// The oddest window so far.
    pub worst: Odd,
    /// Dollars spent since.
    pub usd: f64,
    /// Dollars expected since.
    pub expected: f64,
    /// The last minute that is in these sums.
    pub until: i64,
}

/// What a look does to a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Turn {
    /// Nothing is odd.
    Quiet,
    /// A case opens.
    Opens(Episode),
    /// The case is as before or has grown.
    GoesOn(Episode),
    /// The case is over.
    Closes(Episode),
}

impl Episode {
    /// Dollars over what was expected since it began.
    pub fn excess(&self) -> f64 {
        self.usd - self.expected
    }

    /// The next look at a series: `minutes`, the oldest first, end with the minute `now`, in minutes since 1970. Those until a case
    /// was closed are not to be among them: they have been told of.
    pub fn look(
        open: Option<Self>,
        outlook: &Outlook,
        minutes: &[Minute],
        now: i64,
        sensitivity: &Sensitivity,
    ) -> Turn {
        let odd = judge(outlook, minutes, now, sensitivity);
        match (open, odd) {
            (None, None) => Turn::Quiet,
            (None, Some(odd)) => Turn::Opens(Self::opened(odd, now)),
            (Some(open), odd) => {
                let grown = open.grown(outlook, minutes, now, odd);
                let last = outlook.window(minutes, now, 0, QUIET_MINUTES);
                // A long window still has in it what is over by now.
                let is_quiet = last.is_some_and(|last| last.score() < QUIET_SCORE);
                if is_quiet { Turn::Closes(grown) } else { Turn::GoesOn(grown) }
            }
        }
    }

    fn opened(odd: Odd, now: i64) -> Self {
        Self { since: now + 1 - odd.minutes as i64, worst: odd, usd: odd.usd, expected: odd.expected, until: now }
    }

    /// The same with the minutes that have come since.
    fn grown(self, outlook: &Outlook, minutes: &[Minute], now: i64, odd: Option<Odd>) -> Self {
        let new = usize::try_from(now - self.until).unwrap_or(0).min(minutes.len());
        let spent: f64 = minutes[minutes.len() - new..].iter().map(|minute| minute.usd).sum();
        let worst = odd.filter(|odd| odd.score() > self.worst.score()).unwrap_or(self.worst);
        let expected = self.expected + outlook.within(now, 0, new).map_or(0.0, |(usd, _)| usd);
        Self { worst, usd: self.usd + spent, expected, until: now.max(self.until), ..self }
    }
}
