//! Figures of the near past, slot by slot: what is older than sixty slots is forgotten.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

/// Slots kept: a minute of seconds, ten minutes of ten seconds.
pub const SLOTS: usize = 60;

/// Slots that a clock may go back and count on: writers read it side by side, and it is kept right in small steps.
const BACK_MAX: i64 = 2;

/// The last [`SLOTS`] slots in which anything happened, newest last.
#[derive(Debug)]
pub struct Ring<T> {
    seconds: i64,
    slots: VecDeque<(i64, T)>,
}

impl<T: Default> Ring<T> {
    /// An empty one with slots of so many seconds.
    pub const fn new(seconds: i64) -> Self {
        Self { seconds, slots: VecDeque::new() }
    }

    /// The slot of `now`.
    pub fn slot(&mut self, now: DateTime<Utc>) -> &mut T {
        let number = self.number(now);
        // Figures of a time that is yet to come are of a clock that was set back since: they would hide what comes.
        while self.slots.back().is_some_and(|(newest, _)| *newest > number + BACK_MAX) {
            self.slots.pop_back();
        }
        // A clock that was set back a little counts into the newest slot.
        if self.slots.back().is_none_or(|(newest, _)| *newest < number) {
            // One more than are ever read at once: the slot in progress, and the complete ones.
            if self.slots.len() > SLOTS {
                self.slots.pop_front();
            }
            self.slots.push_back((number, T::default()));
        }
        let newest = self.slots.len() - 1;
        &mut self.slots[newest].1
    }

    /// The last complete slots, each with its place among [`SLOTS`], oldest first; those without anything are left out.
    pub fn complete(&self, now: DateTime<Utc>) -> impl Iterator<Item = (usize, &T)> {
        let first = self.number(now) - SLOTS as i64;
        self.slots.iter().filter_map(move |(number, slot)| {
            let place = usize::try_from(number - first).ok().filter(|place| *place < SLOTS)?;
            Some((place, slot))
        })
    }

    /// The last slots, the one in progress included.
    pub fn recent(&self, now: DateTime<Utc>) -> impl Iterator<Item = &T> {
        let (first, last) = (self.number(now) - SLOTS as i64 + 1, self.number(now));
        self.slots.iter().filter(move |(number, _)| (first..=last).contains(number)).map(|(_, slot)| slot)
    }

    fn number(&self, time: DateTime<Utc>) -> i64 {
        time.timestamp().div_euclid(self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap()
    }

    #[test]
    fn complete_slots_have_places_and_the_one_in_progress_is_recent() {
        let mut ring = Ring::<u32>::new(10);
        *ring.slot(at(0)) += 1;
        *ring.slot(at(9)) += 1;
        *ring.slot(at(25)) += 5;
        assert_eq!(ring.complete(at(29)).map(|(place, n)| (place, *n)).collect::<Vec<_>>(), [(58, 2)]);
        assert_eq!(ring.recent(at(29)).sum::<u32>(), 7);
        assert_eq!(ring.recent(at(609)).sum::<u32>(), 5, "ten minutes and no more");
    }

    #[test]
    fn what_is_kept_does_not_grow() {
        let mut ring = Ring::<u32>::new(1);
        (0..10_000).for_each(|second| *ring.slot(at(second)) += 1);
        assert_eq!(ring.slots.len(), SLOTS + 1);
        assert_eq!(ring.complete(at(10_000)).count(), SLOTS);
        *ring.slot(at(9_998)) += 1;
        assert_eq!(ring.slots.len(), SLOTS + 1, "a clock set back a little makes no slot");
    }

    #[test]
    fn a_clock_set_back_an_hour_counts_from_then_on() {
        let mut ring = Ring::<u32>::new(1);
        (3_600..3_700).for_each(|second| *ring.slot(at(second)) += 1);
        (0..10).for_each(|second| *ring.slot(at(second)) += 1);
        assert_eq!(ring.complete(at(10)).map(|(_, n)| *n).sum::<u32>(), 10);
        assert_eq!(ring.slots.len(), 10);
    }
}
