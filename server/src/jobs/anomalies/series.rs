//! One series: what is expected of it, what it spent of late, and the case it is in.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use model::anomaly::{Episode, MINUTES, Minute, Outlook, Sensitivity, Subject, Turn};
use store::spend::Spent;

/// Minutes that are read again at every look: spans count in the minute they began in, and come when they end.
pub(super) const MINUTES_AGAIN: i64 = 15;

/// A series that is watched.
pub(super) struct Series {
    subject: Subject,
    outlook: Outlook,
    /// What was spent, up to the minute that was read last.
    minutes: VecDeque<Minute>,
    /// The minute after the last of these, in minutes since 1970.
    until: i64,
    episode: Option<Episode>,
    /// The minute up to which everything odd has been told of.
    told_until: i64,
}

impl Series {
    /// Goes on with what is known of it.
    pub fn new(subject: Subject, outlook: Outlook, known: Option<Self>) -> Self {
        match known {
            Some(known) => Self { subject, outlook, ..known },
            None => Self { subject, outlook, minutes: VecDeque::new(), until: 0, episode: None, told_until: 0 },
        }
    }

    /// Whose it is.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Whether something of it is odd.
    pub const fn is_in_a_case(&self) -> bool {
        self.episode.is_some()
    }

    /// Takes over from a server that is gone: everything odd has been told of until then.
    pub fn take_over(&mut self, told: Option<DateTime<Utc>>) {
        self.told_until = told.map_or(0, |at| at.timestamp().div_euclid(60));
    }

    /// Its minutes could not be read: all of them are to be read again.
    pub const fn forget(&mut self) {
        self.until = 0;
    }

    /// Holds what is known up to this minute against what is expected.
    pub fn look(&mut self, minute: i64, sensitivity: &Sensitivity) -> Turn {
        let untold = usize::try_from(minute - self.told_until).unwrap_or_default();
        let minutes = self.minutes.make_contiguous();
        let minutes = &minutes[minutes.len().saturating_sub(untold)..];
        let turn = Episode::look(self.episode, &self.outlook, minutes, minute, sensitivity);
        self.episode = match turn {
            Turn::Quiet => None,
            Turn::Opens(episode) | Turn::GoesOn(episode) => Some(episode),
            Turn::Closes(_) => {
                self.told_until = minute;
                None
            }
        };
        turn
    }

    /// Moves on to this minute, and tells how many of the latest minutes are not known yet.
    pub fn make_room(&mut self, minute: i64) -> i64 {
        let new = (minute + 1 - self.until).clamp(0, MINUTES);
        let is_known = !self.minutes.is_empty() && self.until <= minute + 1;
        let missing = if is_known { new } else { MINUTES };
        // Exactly as much memory as they take: there are thousands of series.
        self.minutes.reserve_exact((MINUTES as usize).saturating_sub(self.minutes.len()));
        let outgrown = self.minutes.len().saturating_sub((MINUTES - missing) as usize);
        self.minutes.drain(..outgrown);
        self.minutes.resize(self.minutes.len() + missing as usize, Minute::default());
        self.until = minute + 1;
        // Those that are read again begin at nothing.
        let again = self.minutes.len().saturating_sub(missing.max(MINUTES_AGAIN) as usize);
        self.minutes.range_mut(again..).for_each(|minute| *minute = Minute::default());
        missing
    }

    /// Puts what was spent in a minute in its place.
    pub fn put(&mut self, spent: &Spent, minute: i64) {
        let back = minute - spent.bucket.timestamp().div_euclid(60);
        let place = usize::try_from(back).ok().and_then(|back| self.minutes.len().checked_sub(back + 1));
        if let Some(slot) = place.and_then(|place| self.minutes.get_mut(place)) {
            *slot = Minute { usd: spent.cost.to_f64() };
        }
    }
}
