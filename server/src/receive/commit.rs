//! From a body's bytes to its commit: a small body at once, a large one a slice at a time, so that the memory it takes does
//! not follow from what it is made of.

use std::sync::Arc;

use bytes::Bytes;
use model::ingest::TurnedAway;
use model::rejected::REJECTED_LISTED_MAX;
use tokio::sync::{Semaphore, mpsc};
use wire::decoded::message;
use wire::{DecodeError, Decoded, Format, Rejected};

use super::Doors;
use super::rpc::Refusal;
use crate::pipeline::{Accepted, Busy, Encoding, Reservation};

/// Bodies smaller than this are read whole where they are; larger ones in slices, off the async threads (about 5 ns per
/// byte: 1 ms).
const INLINE_BYTES_MAX: usize = 256 * 1024;

/// Slices that are read and wait for the one before them to be committed. With the one that is being read and the one that
/// is being committed, a large body takes three slices of memory.
const SLICES_WAITING_MAX: usize = 1;

/// Whose turn it is to read a large body: as many as there are processors read at once, since more would only take memory.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Semaphore>);

impl Default for Turns {
    /// A turn for each processor.
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from))))
    }
}

/// What became of a body whose spans are committed.
#[derive(Debug, Default)]
pub struct Committed {
    /// Spans that are in the database now.
    pub accepted: u64,
    /// How many were refused.
    pub refused: u64,
    /// The first of them, as many as are listed.
    pub rejected: Vec<Rejected>,
    /// What was odd about the body as a whole.
    pub warnings: Vec<String>,
}

impl Committed {
    /// Warnings and reasons in one line.
    pub fn message(&self, chars_max: usize) -> String {
        message(&self.warnings, &self.rejected, chars_max)
    }

    fn add(&mut self, accepted: Accepted, warnings: Vec<String>) {
        self.accepted += accepted.accepted;
        self.refused += accepted.rejected.len() as u64;
        let listed = REJECTED_LISTED_MAX.saturating_sub(self.rejected.len());
        self.rejected.extend(accepted.rejected.into_iter().take(listed));
        for warning in warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }

    /// An error of a body of which parts are committed says so.
    fn refuse(&self, error: DecodeError) -> Refusal {
        let mut refusal = Refusal::from(error);
        if self.accepted > 0 {
            refusal.message.push_str(&format!("; the {} spans before it are kept", self.accepted));
        }
        refusal
    }
}

impl Doors {
    /// Reads a body and commits its spans.
    pub async fn commit(
        &self,
        format: Format,
        encoding: Encoding,
        body: Bytes,
        room: Reservation,
    ) -> Result<Committed, Refusal> {
        if body.len() <= INLINE_BYTES_MAX {
            let (mut room, mut committed) = (Arc::new(room), Committed::default());
            let decoded = format.decode(&body)?;
            self.add(decoded, encoding, &mut room, &mut committed).await?;
            return Ok(committed);
        }
        self.commit_slices(encoding, room, move |to| format.decode_slices(&body, to)).await
    }

    /// Commits what `read` hands over, which it does on another thread.
    pub(super) async fn commit_slices(
        &self,
        encoding: Encoding,
        room: Reservation,
        read: impl FnOnce(&mut dyn FnMut(Decoded)) -> Result<(), DecodeError> + Send + 'static,
    ) -> Result<Committed, Refusal> {
        let (mut room, mut committed) = (Arc::new(room), Committed::default());
        let (to, mut slices) = mpsc::channel(SLICES_WAITING_MAX);
        // Never closed; without a turn the memory would be more, and nothing else.
        let turn = self.turns.0.clone().acquire_owned().await.ok();
        let reading = tokio::task::spawn_blocking(move || {
            let _until_read = turn;
            // Nobody takes slices any more once one could not be committed: the sender is asked to come back.
            read(&mut |slice| drop(to.blocking_send(slice)))
        });
        while let Some(slice) = slices.recv().await {
            self.add(slice, encoding, &mut room, &mut committed).await?;
        }
        match reading.await {
            Ok(Ok(())) => Ok(committed),
            Ok(Err(error)) => Err(committed.refuse(error)),
            Err(error) => {
                tracing::error!(%error, "a body could not be decoded");
                self.pipeline.turned_away(TurnedAway::Failed, 0);
                Err(Busy::Failed.into())
            }
        }
    }

    async fn add(
        &self,
        mut decoded: Decoded,
        encoding: Encoding,
        room: &mut Arc<Reservation>,
        committed: &mut Committed,
    ) -> Result<(), Busy> {
        let warnings = std::mem::take(&mut decoded.warnings);
        committed.add(self.pipeline.submit(decoded, encoding, room).await?, warnings);
        Ok(())
    }
}
