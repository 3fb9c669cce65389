//! Writes down what is refused, before its sender is told.
//!
//! Like a writer, it takes all that waits as one statement: however many broken requests come in, they cost the database
//! one connection, and whoever sends them waits.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use store::rejected::Request;
use tokio::sync::{mpsc, oneshot};

use super::Busy;
use super::disk::Disk;
use crate::causes;

/// Requests that may wait here, the others wait where they are: of each there is a list of about a thousand lines, 300 kB.
const WAITING_MAX: usize = 64;

/// Requests in one statement.
const STATEMENT_REQUESTS_MAX: usize = 32;

type Entry = (Request, oneshot::Sender<Result<(), Busy>>);

/// The way to the list of what was refused; cheap to clone. When the last clone is gone, it ends.
#[derive(Debug, Clone)]
pub struct Recorder(mpsc::Sender<Entry>);

/// What writes.
#[derive(Debug)]
pub struct Recording {
    pool: PgPool,
    entries: mpsc::Receiver<Entry>,
    /// Longest a statement may take before the database counts as away.
    write_max: Duration,
    disk: Arc<Disk>,
}

/// A recorder, and what has to run for it.
pub fn recorder(pool: PgPool, write_max: Duration, disk: Arc<Disk>) -> (Recorder, Recording) {
    let (sender, entries) = mpsc::channel(WAITING_MAX);
    (Recorder(sender), Recording { pool, entries, write_max, disk })
}

impl Recorder {
    /// Writes down what was refused of a request; `Ok` means that it is in the database. Once begun it is done, whether or
    /// not anybody waits for it.
    pub async fn record(&self, request: Request) -> Result<(), Busy> {
        let (answer, answered) = oneshot::channel();
        self.0.send((request, answer)).await.map_err(|_| Busy::Stopping)?;
        answered.await.map_err(|_| Busy::Stopping)?
    }
}

impl Recording {
    /// Writes until nothing more can come.
    pub async fn run(mut self) {
        let mut waiting = Vec::new();
        while self.entries.recv_many(&mut waiting, STATEMENT_REQUESTS_MAX).await > 0 {
            let (requests, answers): (Vec<_>, Vec<_>) = waiting.drain(..).unzip();
            let written = self.write(&requests).await;
            for answer in answers {
                // A client that hung up is not waiting; what it sent is written down all the same.
                let _ = answer.send(written);
            }
        }
    }

    async fn write(&self, requests: &[Request]) -> Result<(), Busy> {
        match tokio::time::timeout(self.write_max, store::rejected::record(&self.pool, requests)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if error.is_disk_full() => {
                self.disk.said_full();
                Err(Busy::Disk)
            }
            Ok(Err(error)) if error.is_unavailable() => {
                tracing::warn!("the database does not take what was refused; its senders are asked to come back");
                Err(Busy::Database)
            }
            Ok(Err(error)) => {
                let error = causes::of(&error.into());
                tracing::error!(error, "what was refused could not be written down");
                Err(Busy::Failed)
            }
            Err(_) => Err(Busy::Database),
        }
    }
}
