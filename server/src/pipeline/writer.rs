//! Writers: each takes all that waits for it, commits it in one transaction, and only then answers.
//!
//! No timer collects a batch: what arrives while a transaction runs is the next batch, so a lone span waits for nobody
//! and a flood shares its transactions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use model::ingest::Fate;
use model::space::Space;
use model::{Span, TraceId, Usd};
use store::ingest::{Batch, Outcome};
use tokio::sync::oneshot;

use super::Busy;
use super::disk::Disk;
use super::health::commit::{Commit, Noted, Share};
use super::health::sdk::Sdks;
use super::health::{Encoding, Health};
use super::intake::Reservation;
use super::packers::Packers;
use super::queue::Exit;
use crate::causes;

/// Spans of a part that were refused: index into it, and why.
pub type Refused = Vec<(usize, String)>;

/// What a request has for one writer.
pub struct Part {
    /// Its spans.
    pub spans: Vec<Span>,
    /// The space their traces are in.
    pub space: Space,
    /// Totals its sender declared for their traces.
    pub declared: Vec<(TraceId, Usd)>,
    /// Whoever waits for the commit.
    pub waiting: Waiting,
}

/// A request that waits for its commit.
pub struct Waiting {
    /// How it came.
    pub encoding: Encoding,
    /// How many spans it has in this part.
    pub spans: usize,
    /// What the request was sent with, with its first part.
    pub sdks: Sdks,
    /// Told once they are committed: those of them that were refused.
    pub answer: oneshot::Sender<Result<Refused, Busy>>,
    /// Given back once they are.
    pub room: Arc<Reservation>,
}

/// Commits what it is sent.
pub struct Writer {
    store: store::ingest::Writer,
    health: Arc<Health>,
    packers: Arc<Packers>,
    disk: Arc<Disk>,
    /// Longest a transaction may take before the database counts as away.
    write_max: Duration,
    now: fn() -> DateTime<Utc>,
}

impl Writer {
    /// A writer that writes through `store`.
    pub const fn new(
        store: store::ingest::Writer,
        health: Arc<Health>,
        packers: Arc<Packers>,
        disk: Arc<Disk>,
        write_max: Duration,
        now: fn() -> DateTime<Utc>,
    ) -> Self {
        Self { store, health, packers, disk, write_max, now }
    }

    /// Writes until nothing more can come.
    pub async fn run(self, queue: Exit) {
        while let Some(batch) = queue.next().await {
            self.commit(batch).await;
        }
    }

    async fn commit(&self, parts: Vec<Part>) {
        let (mut spans, mut declared, mut waiting) = (Vec::new(), Vec::new(), Vec::with_capacity(parts.len()));
        let mut spaces = Vec::new();
        for part in parts {
            if !part.space.is_shared() {
                spaces.extend(part.spans.iter().map(|span| (span.trace_id, part.space)));
            }
            spans.extend(part.spans);
            declared.extend(part.declared);
            waiting.push(part.waiting);
        }
        let noted: Vec<Noted> = spans.iter().map(Noted::of).collect();
        match self.write(spans, spaces, declared).await {
            Ok((outcome, took)) => self.answer(waiting, outcome, took, &noted),
            Err(busy) => waiting.into_iter().for_each(|request| request.answer(Err(busy))),
        }
    }

    async fn write(
        &self,
        spans: Vec<Span>,
        spaces: Vec<(TraceId, Space)>,
        declared: Vec<(TraceId, Usd)>,
    ) -> Result<(Outcome, Duration), Busy> {
        let count = spans.len();
        // Compressing is work for a core, and a bug in it must not end the writer.
        let packers = self.packers.clone();
        let prepared = tokio::task::spawn_blocking(move || {
            let mut packer = packers.take();
            let batch = Batch::prepare_with(&mut packer, spans, &declared).in_spaces(&spaces);
            packers.give_back(packer);
            batch
        });
        let batch = prepared.await.map_err(|error| {
            tracing::error!(%error, spans = count, "a batch could not be encoded");
            Busy::Failed
        })?;
        let began = Instant::now();
        match tokio::time::timeout(self.write_max, self.store.write(&batch, (self.now)())).await {
            Ok(Ok(outcome)) => {
                Health::packed(batch.payload_bytes());
                self.disk.committed();
                Ok((outcome, began.elapsed()))
            }
            Ok(Err(error)) if error.is_disk_full() => {
                self.disk.said_full();
                Err(Busy::Disk)
            }
            Ok(Err(error)) if error.is_unavailable() => {
                tracing::warn!(error = %chain(error), spans = count, "the database does not take spans; they will be sent again");
                Err(Busy::Database)
            }
            Ok(Err(error)) => {
                tracing::error!(error = %chain(error), spans = count, "a batch could not be written");
                Err(Busy::Failed)
            }
            Err(_) => {
                tracing::warn!(
                    spans = count,
                    seconds = self.write_max.as_secs(),
                    "the database did not commit in time"
                );
                Err(Busy::Database)
            }
        }
    }

    /// Counts the transaction, then tells every request what became of its own spans.
    fn answer(&self, requests: Vec<Waiting>, mut outcome: Outcome, took: Duration, noted: &[Noted]) {
        outcome.repeated.sort_unstable();
        let refused: BTreeMap<usize, String> = outcome.refused.iter().cloned().collect();
        let (mut shares, mut answers) = (Vec::with_capacity(requests.len()), Vec::with_capacity(requests.len()));
        let mut begins = 0;
        for mut request in requests {
            let ends = begins + request.spans;
            let own: Refused = refused.range(begins..ends).map(|(at, why)| (at - begins, why.clone())).collect();
            let before = |end: usize| outcome.repeated.partition_point(|at| *at < end);
            let repeated = before(ends) - before(begins);
            let accepted = request.spans.saturating_sub(own.len() + repeated);
            shares.push(Share {
                sender: request.room.sender().clone(),
                encoding: request.encoding,
                sdks: std::mem::take(&mut request.sdks),
                fate: Fate { accepted: accepted as u64, duplicates: repeated as u64, ..Fate::default() },
            });
            answers.push((request, own));
            begins = ends;
        }
        let now = (self.now)();
        self.health.committed(Commit::new(noted, &outcome, shares, took, now), now);
        answers.into_iter().for_each(|(request, own)| request.answer(Ok(own)));
    }
}

impl Waiting {
    fn answer(self, result: Result<Refused, Busy>) {
        drop(self.room);
        // A client that hung up is not waiting; it sends the same spans again, and they count once.
        let _ = self.answer.send(result);
    }
}

fn chain(error: store::StoreError) -> String {
    causes::of(&anyhow::Error::from(error))
}
