//! What may wait between a door and its commit: bounded in spans and in bytes, so that memory is too.
//!
//! A request takes room as its body arrives and gives it back when it has been answered, whatever the answer is.
//! When there is no room, senders are told to come back; nothing that was let in is thrown away. One sender may take
//! twice what it would leave free ("dynamic thresholds", Choudhury and Hahne 1998): alone it gets two thirds of the room, and
//! whoever comes second always finds some.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use metrics::gauge;
use model::ingest::Queue;

use super::sender::Sender;

/// How many times the room that stays free a sender may hold.
const SHARE_OF_FREE: usize = 2;

/// How much may wait.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Spans.
    pub spans_max: usize,
    /// Bytes of request bodies, uncompressed.
    pub bytes_max: usize,
}

/// Counts what waits.
#[derive(Debug)]
pub struct Intake {
    room: Room,
    taken: Mutex<Taken>,
}

/// What is taken in all, and by whom.
#[derive(Debug, Default)]
struct Taken {
    all: Amount,
    /// The most that ever was.
    peak: Amount,
    by_sender: HashMap<Sender, Share>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Amount {
    spans: usize,
    bytes: usize,
}

#[derive(Debug, Default)]
struct Share {
    taken: Amount,
    reservations: usize,
}

/// There is no room right now: worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server has all the spans it can hold waiting to be stored; send again shortly")]
pub struct Full;

/// Room taken by one request; given back when dropped.
#[derive(Debug)]
pub struct Reservation {
    intake: Arc<Intake>,
    sender: Sender,
    taken: Amount,
}

impl Intake {
    /// An empty intake.
    pub fn new(room: Room) -> Arc<Self> {
        gauge!("tracetab_ingest_queue_spans_max").set(room.spans_max as f64);
        gauge!("tracetab_ingest_queue_bytes_max").set(room.bytes_max as f64);
        Arc::new(Self { room, taken: Mutex::default() })
    }

    /// A reservation of nothing, to be grown.
    pub fn reserve(self: &Arc<Self>, sender: Sender) -> Reservation {
        self.taken().by_sender.entry(sender.clone()).or_default().reservations += 1;
        Reservation { intake: self.clone(), sender, taken: Amount::default() }
    }

    /// What waits now, what may, and the most that ever did.
    pub fn queue(&self) -> Queue {
        let taken = self.taken();
        Queue {
            spans: taken.all.spans as u64,
            spans_max: self.room.spans_max as u64,
            spans_peak: taken.peak.spans as u64,
            bytes: taken.all.bytes as u64,
            bytes_max: self.room.bytes_max as u64,
            bytes_peak: taken.peak.bytes as u64,
        }
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Taken> {
        // Counters are never left half changed, so a panic elsewhere does not spoil them.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Who it is for.
    pub const fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Takes room for this many more bytes.
    pub fn add_bytes(&mut self, bytes: usize) -> Result<(), Full> {
        self.add(Amount { spans: 0, bytes })
    }

    /// Takes as much more as is missing to so many spans and bytes.
    pub fn hold(&mut self, spans: usize, bytes: usize) -> Result<(), Full> {
        let missing = |wanted: usize, taken: usize| wanted.saturating_sub(taken);
        self.add(Amount { spans: missing(spans, self.taken.spans), bytes: missing(bytes, self.taken.bytes) })
    }

    fn add(&mut self, more: Amount) -> Result<(), Full> {
        let room = self.intake.room;
        let mut taken = self.intake.taken();
        let all = taken.all;
        let share = taken.by_sender.entry(self.sender.clone()).or_default();
        // A request alone may be larger than the room, else it could never be stored; bodies have a limit of their own.
        let alone = all == self.taken;
        let fits = |all: usize, own: usize, more: usize, max: usize| {
            more == 0 || (all + more <= max && own + more <= SHARE_OF_FREE * (max - all - more))
        };
        let spans_fit = fits(all.spans, share.taken.spans, more.spans, room.spans_max);
        let bytes_fit = fits(all.bytes, share.taken.bytes, more.bytes, room.bytes_max);
        if !(alone || spans_fit && bytes_fit) {
            return Err(Full);
        }
        share.taken.add(more);
        self.taken.add(more);
        taken.all.add(more);
        taken.peak = taken.peak.max(taken.all);
        taken.show();
        Ok(())
    }
}

impl Amount {
    const fn add(&mut self, more: Self) {
        self.spans += more.spans;
        self.bytes += more.bytes;
    }

    /// The more of both, each by itself.
    fn max(self, other: Self) -> Self {
        Self { spans: self.spans.max(other.spans), bytes: self.bytes.max(other.bytes) }
    }

    const fn subtract(&mut self, less: Self) {
        self.spans -= less.spans;
        self.bytes -= less.bytes;
    }
}

impl Taken {
    fn show(&self) {
        gauge!("tracetab_ingest_queue_spans").set(self.all.spans as f64);
        gauge!("tracetab_ingest_queue_bytes").set(self.all.bytes as f64);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut taken = self.intake.taken();
        taken.all.subtract(self.taken);
        taken.show();
        if let Some(share) = taken.by_sender.get_mut(&self.sender) {
            share.taken.subtract(self.taken);
            share.reservations -= 1;
            // Senders that are gone are forgotten, so the table is as long as there are open requests.
            if share.reservations == 0 {
                taken.by_sender.remove(&self.sender);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intake() -> Arc<Intake> {
        Intake::new(Room { spans_max: 12, bytes_max: 120 })
    }

    fn sender(name: &str) -> Sender {
        Sender::new(None, Some(name))
    }

    #[test]
    fn room_is_given_back_when_the_request_is_over() {
        let intake = intake();
        let mut first = intake.reserve(sender("a"));
        assert_eq!(first.hold(8, 0), Ok(()));
        let mut second = intake.reserve(sender("b"));
        assert_eq!(second.hold(3, 0), Err(Full));
        assert_eq!(intake.queue().spans, 8, "a refused request takes nothing");
        drop(first);
        assert_eq!(second.hold(3, 0), Ok(()));
        drop(second);
        assert_eq!(intake.queue().spans, 0);
        assert!(intake.taken().by_sender.is_empty());
    }

    #[test]
    fn bytes_are_bounded_over_all_requests_together() {
        let intake = intake();
        let (mut first, mut second) = (intake.reserve(sender("a")), intake.reserve(sender("b")));
        assert_eq!(first.add_bytes(70), Ok(()));
        assert_eq!(second.add_bytes(33), Ok(()));
        assert_eq!(second.add_bytes(10), Err(Full));
        assert_eq!(first.add_bytes(1), Err(Full));
    }

    #[test]
    fn a_flood_from_one_sender_leaves_room_for_the_others() {
        let intake = intake();
        let mut flood: Vec<Reservation> = (0..100).map(|_| intake.reserve(sender("noisy"))).collect();
        let let_in = flood.iter_mut().filter_map(|request| request.hold(1, 0).ok()).count();
        assert_eq!(let_in, 8, "two thirds of twelve");
        let mut quiet = intake.reserve(sender("quiet"));
        assert_eq!(quiet.hold(2, 0), Ok(()));
        assert_eq!(intake.reserve(sender("third")).hold(1, 0), Ok(()));
    }

    #[test]
    fn what_is_held_is_taken_once_and_grows_to_the_most_that_was_needed() {
        let intake = intake();
        let mut request = intake.reserve(sender("a"));
        for (spans, bytes) in [(3, 40), (2, 10), (3, 40)] {
            assert_eq!(request.hold(spans, bytes), Ok(()));
        }
        assert_eq!((intake.queue().spans, intake.queue().bytes), (3, 40));
        assert_eq!(request.hold(5, 1), Ok(()));
        assert_eq!((intake.queue().spans, intake.queue().bytes), (5, 40));
    }

    #[test]
    fn a_request_larger_than_the_whole_room_is_let_in_alone() {
        let intake = intake();
        let mut large = intake.reserve(sender("a"));
        assert_eq!(large.add_bytes(70), Ok(()));
        assert_eq!(large.add_bytes(70), Ok(()));
        assert_eq!(large.hold(25, 0), Ok(()));
        assert_eq!(intake.reserve(sender("a")).hold(1, 0), Err(Full));
        assert_eq!(intake.reserve(sender("b")).add_bytes(1), Err(Full));
    }
}
