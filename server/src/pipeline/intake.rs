//! What may wait between a door and its commit: bounded in spans and in bytes, so that memory is too.
//!
//! A request takes room as its body arrives and gives it back when it has been answered, whatever the answer is.
//! When there is no room, senders are told to come back; nothing that was let in is thrown away.

use std::sync::{Arc, Mutex, PoisonError};

use metrics::gauge;

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

#[derive(Debug, Default)]
struct Taken {
    spans: usize,
    bytes: usize,
}

/// There is no room right now: worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server has all the spans it can hold waiting to be stored; send again shortly")]
pub struct Full;

/// Room taken by one request; given back when dropped.
#[derive(Debug)]
pub struct Reservation {
    intake: Arc<Intake>,
    spans: usize,
    bytes: usize,
}

impl Intake {
    /// An empty intake.
    pub fn new(room: Room) -> Arc<Self> {
        gauge!("tracetab_ingest_queue_spans_max").set(room.spans_max as f64);
        Arc::new(Self { room, taken: Mutex::default() })
    }

    /// A reservation of nothing, to be grown.
    pub fn reserve(self: &Arc<Self>) -> Reservation {
        Reservation { intake: self.clone(), spans: 0, bytes: 0 }
    }

    /// Spans that wait now.
    pub fn spans(&self) -> usize {
        self.taken().spans
    }

    /// The most spans that may wait.
    pub const fn spans_max(&self) -> usize {
        self.room.spans_max
    }

    fn taken(&self) -> std::sync::MutexGuard<'_, Taken> {
        // Two counters are never left half changed, so a panic elsewhere does not spoil them.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Takes room for this many more bytes.
    pub fn add_bytes(&mut self, bytes: usize) -> Result<(), Full> {
        let mut taken = self.intake.taken();
        // A request alone may be larger than the room, else it could never be stored; bodies have a limit of their own.
        if taken.bytes + bytes > self.intake.room.bytes_max && taken.bytes > self.bytes {
            return Err(Full);
        }
        taken.bytes += bytes;
        self.bytes += bytes;
        Ok(())
    }

    /// Takes room for this many more spans.
    pub fn add_spans(&mut self, spans: usize) -> Result<(), Full> {
        let mut taken = self.intake.taken();
        if taken.spans + spans > self.intake.room.spans_max && taken.spans > self.spans {
            return Err(Full);
        }
        taken.spans += spans;
        self.spans += spans;
        gauge!("tracetab_ingest_queue_spans").set(taken.spans as f64);
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut taken = self.intake.taken();
        taken.spans -= self.spans;
        taken.bytes -= self.bytes;
        gauge!("tracetab_ingest_queue_spans").set(taken.spans as f64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intake() -> Arc<Intake> {
        Intake::new(Room { spans_max: 10, bytes_max: 100 })
    }

    #[test]
    fn room_is_given_back_when_the_request_is_over() {
        let intake = intake();
        let mut first = intake.reserve();
        assert_eq!(first.add_spans(8), Ok(()));
        let mut second = intake.reserve();
        assert_eq!(second.add_spans(3), Err(Full));
        assert_eq!(intake.spans(), 8, "a refused request takes nothing");
        drop(first);
        assert_eq!(second.add_spans(3), Ok(()));
        drop(second);
        assert_eq!(intake.spans(), 0);
    }

    #[test]
    fn bytes_are_bounded_over_all_requests_together() {
        let intake = intake();
        let (mut first, mut second) = (intake.reserve(), intake.reserve());
        assert_eq!(first.add_bytes(60), Ok(()));
        assert_eq!(second.add_bytes(40), Ok(()));
        assert_eq!(second.add_bytes(1), Err(Full));
        assert_eq!(first.add_bytes(1), Err(Full));
    }

    #[test]
    fn a_request_larger_than_the_whole_room_is_let_in_alone() {
        let intake = intake();
        let mut large = intake.reserve();
        assert_eq!(large.add_bytes(70), Ok(()));
        assert_eq!(large.add_bytes(70), Ok(()));
        assert_eq!(large.add_spans(25), Ok(()));
        assert_eq!(intake.reserve().add_spans(1), Err(Full));
        assert_eq!(intake.reserve().add_bytes(1), Err(Full));
    }
}
