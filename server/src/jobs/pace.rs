//! How often a job may look, by how long its looks take.

use std::time::Duration;

use tokio::time::Instant;

/// How many times as long as a look took is waited before the next: looks take a hundredth of one connection.
const PAUSE_PER_LOOK: u32 = 99;

/// Where there is so much to look at that this is later, looks take more: an alert is to be known within seconds.
const PAUSE_OF_SHORT_LOOKS: Duration = Duration::from_secs(10);

/// But not more than a twenty-fifth: with very much to look at, or on a slow machine, there are pauses of this many looks.
const PAUSE_PER_LONG_LOOK: u32 = 24;

/// However long a look takes, this much later there is another.
const PAUSE_MAX: Duration = Duration::from_secs(30);

/// When the next look may be.
#[derive(Debug, Default)]
pub struct Pace {
    next: Option<Instant>,
    /// How long the look before the last one took.
    before: Option<Duration>,
}

impl Pace {
    /// Whether there may be a look now.
    pub fn is_due(&self) -> bool {
        self.next.is_none_or(|next| next <= Instant::now())
    }

    /// Notes that a look began then and is over now.
    pub fn looked(&mut self, begun: Instant) {
        self.next = Some(Instant::now() + self.pause(begun.elapsed()));
    }

    /// How long to wait after a look that took so long. Only two slow ones in a row say that looks are slow: the first one of a
    /// server opens connections, and any may have waited for something else.
    pub(super) fn pause(&mut self, took: Duration) -> Duration {
        let usual = self.before.replace(took).map_or(Duration::ZERO, |before| before.min(took));
        pause(usual)
    }
}

/// The longest pause between looks at windows of so many seconds: nothing that comes falls between two of them.
pub(super) fn pause_max(shortest_window_seconds: Option<i64>) -> Duration {
    shortest_window_seconds
        .map_or(PAUSE_MAX, |seconds| (Duration::from_secs(seconds.unsigned_abs()) / 2).min(PAUSE_MAX))
}

/// How long to wait after looks that take so long.
fn pause(took: Duration) -> Duration {
    let of_short = took.saturating_mul(PAUSE_PER_LOOK).min(PAUSE_OF_SHORT_LOOKS);
    took.saturating_mul(PAUSE_PER_LONG_LOOK).clamp(of_short, PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_a_look_takes_the_later_is_the_next_up_to_a_limit() {
        assert_eq!(pause(Duration::from_millis(10)), Duration::from_millis(990));
        assert_eq!([100, 200, 400].map(|ms| pause(Duration::from_millis(ms)).as_millis()), [9_900, 10_000, 10_000]);
        assert_eq!(pause(Duration::from_secs(1)), Duration::from_secs(24));
        assert_eq!(pause(Duration::from_secs(2)), PAUSE_MAX);
        assert_eq!(pause(Duration::MAX), PAUSE_MAX);
    }

    #[test]
    fn no_window_falls_between_two_looks() {
        assert_eq!(pause_max(Some(2)), Duration::from_secs(1));
        assert_eq!([pause_max(Some(60)), pause_max(Some(86_400)), pause_max(None)], [PAUSE_MAX; 3]);
    }

    #[test]
    fn after_two_long_looks_there_is_a_pause() {
        let (mut pace, long_ago) = (Pace::default(), Instant::now() - Duration::from_secs(1));
        assert!(pace.is_due());
        pace.looked(long_ago);
        assert!(pace.is_due(), "the first one says nothing");
        pace.looked(long_ago);
        assert!(!pace.is_due());
        assert_eq!(pace.pause(Duration::from_millis(1)), Duration::from_millis(99), "it was slow for a while");
    }
}
