//! What waits for one writer: a lane per sender, served in turns, so that one that floods waits behind itself only.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::sender::Sender;
use super::writer::Part;

/// Spans in one transaction: past a few thousand the cost per span no longer falls, while the transaction gets longer and takes
/// more memory: a thousand requests at once take 65 MB with these, 100 with four times as many.
pub const BATCH_SPANS_MAX: usize = 5_000;

/// The end that requests hand their parts in at; when the last clone is gone, the writer finishes.
#[derive(Clone)]
pub struct Entrance(Arc<Open>);

/// The end of the writer.
pub struct Exit(Arc<Shared>);

#[derive(Default)]
struct Shared {
    lanes: Mutex<Lanes>,
    changed: Notify,
}

/// Says when there is no entrance any more.
struct Open(Arc<Shared>);

#[derive(Default)]
struct Lanes {
    by_sender: BTreeMap<Sender, VecDeque<Part>>,
    /// Whose turn it was last.
    last: Option<Sender>,
    closed: bool,
}

/// A queue without an end of its own: the intake bounds what can be in it.
pub fn queue() -> (Entrance, Exit) {
    let shared = Arc::new(Shared::default());
    (Entrance(Arc::new(Open(shared.clone()))), Exit(shared))
}

impl Entrance {
    /// Hands a part in; `Err` when the writer has ended.
    pub fn push(&self, part: Part) -> Result<(), Part> {
        let shared = &self.0.0;
        let mut lanes = shared.lanes();
        if lanes.closed {
            return Err(part);
        }
        lanes.by_sender.entry(part.waiting.room.sender().clone()).or_default().push_back(part);
        drop(lanes);
        shared.changed.notify_one();
        Ok(())
    }
}

impl Exit {
    /// All that waits, as far as it fits one transaction, a part of each sender in turns; `None` at the end.
    pub async fn next(&self) -> Option<Vec<Part>> {
        loop {
            let changed = self.0.changed.notified();
            let (batch, closed) = {
                let mut lanes = self.0.lanes();
                (lanes.take(), lanes.closed)
            };
            match (batch.is_empty(), closed) {
                (false, _) => return Some(batch),
                (true, true) => return None,
                (true, false) => changed.await,
            }
        }
    }
}

impl Drop for Exit {
    fn drop(&mut self) {
        let mut lanes = self.0.lanes();
        lanes.closed = true;
        // Whoever waits for these learns by the answer that never comes.
        lanes.by_sender.clear();
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.lanes().closed = true;
        self.0.changed.notify_one();
    }
}

impl Shared {
    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        // A part is in a lane or not; a panic elsewhere leaves none in between.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    fn take(&mut self) -> Vec<Part> {
        let (mut batch, mut spans) = (Vec::new(), 0);
        while let Some(sender) = self.next_sender() {
            let Some(lane) = self.by_sender.get_mut(&sender) else { break };
            let fits = lane.front().is_some_and(|part| spans == 0 || spans + part.waiting.spans <= BATCH_SPANS_MAX);
            if !fits {
                // Its turn comes first next time.
                break;
            }
            batch.extend(lane.pop_front().inspect(|part| spans += part.waiting.spans));
            if lane.is_empty() {
                self.by_sender.remove(&sender);
            }
            self.last = Some(sender);
        }
        batch
    }

    fn next_sender(&self) -> Option<Sender> {
        let after = self.last.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let next = self.by_sender.range::<Sender, _>((after, Bound::Unbounded)).next();
        next.or_else(|| self.by_sender.first_key_value()).map(|(sender, _)| sender.clone())
    }
}

#[cfg(test)]
mod tests;
