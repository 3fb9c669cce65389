//! What happens to spans between a door and the database: normalise, price, settle, then prepare and write.
//!
//! This file alone knows the order. [`intake`] bounds what waits, `queue` is fair about it, `writer` commits, [`health`] counts, [`price`] says
//! what a span costs, `claim` whose it is by the key it came with, `settle` whether its cost counts and who pays, `recorder` writes down what is refused. To add a step (classify, sample): a module, a line in `Pipeline::digest`.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use model::health::IngestHealth;
use model::ingest::{IngestReport, TurnedAway};
use model::rejected::{Given, Refused, listed};
use model::ruling::Overrides;
use model::space::TenantSpace;
use model::{Span, SpanId, TraceId};
use sqlx::PgPool;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use wire::{Decoded, Rejected};

mod busy;
mod claim;
pub mod disk;
pub mod health;
pub mod intake;
mod packers;
pub mod price;
mod queue;
mod recorder;
mod sender;
mod settle;
mod shares;
mod writer;

pub use busy::Busy;
pub use health::Encoding;
pub use intake::{Full, Reservation, Room};
pub use sender::Sender;

use crate::rulings::Rulings;
use disk::Disk;
use health::Health;
use intake::Intake;
use packers::Packers;
use price::PriceBook;
use queue::Entrance;
use recorder::Recorder;
use store::rejected::Request;
use writer::{Part, Waiting, Writer};

/// Requests with fewer spans are worked on where they are: handing them to another thread costs more than it saves.
/// Normalising and pricing takes about 10 µs per span, so this is 2 ms at most.
const INLINE_SPANS_MAX: usize = 200;

/// Room that an attribute value takes, at least. Room is counted in bytes of bodies, which become four to five times as
/// large once they are read; a value takes some ninety, however short it was sent.
const VALUE_ROOM_BYTES: usize = 20;

/// The way from a door to the database; cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    intake: Arc<Intake>,
    prices: Arc<PriceBook>,
    health: Arc<Health>,
    writers: Arc<[Entrance]>,
    recorder: Recorder,
    disk: Arc<Disk>,
    rulings: Arc<Rulings>,
    now: fn() -> DateTime<Utc>,
}

/// How spans are written.
#[derive(Debug, Clone, Copy)]
pub struct Writing {
    /// Writers, each with a connection of its own.
    pub writers: u32,
    /// Longest a transaction may take before the database counts as away.
    pub write_max: Duration,
}

/// The writers of a pipeline, to be waited for at the end.
pub struct Writers(JoinSet<()>);

/// What became of a request whose spans are committed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Spans that are in the database now, whether they came with this request or had come before.
    pub accepted: u64,
    /// Spans that were refused, with reasons.
    pub rejected: Vec<Rejected>,
}

impl Pipeline {
    /// Starts writers on `pool`.
    pub fn start(
        pool: &PgPool,
        writing: Writing,
        room: Room,
        prices: impl Into<Arc<PriceBook>>,
        now: fn() -> DateTime<Utc>,
    ) -> (Self, Writers) {
        let health = Arc::new(Health::new(now()));
        let packers = Packers::new();
        tokio::spawn(Packers::keep_learning(Arc::downgrade(&packers), pool.clone()));
        let mut tasks = JoinSet::new();
        let disk = Arc::new(Disk::default());
        let (recorder, recording) = recorder::recorder(pool.clone(), writing.write_max, disk.clone());
        tasks.spawn(recording.run());
        let entrances = (0..writing.writers)
            .map(|number| {
                let (entrance, exit) = queue::queue();
                let store = store::ingest::Writer::new(pool.clone(), number.try_into().unwrap_or(i32::MAX));
                let writer = Writer::new(store, health.clone(), packers.clone(), disk.clone(), writing.write_max, now);
                tasks.spawn(writer.run(exit));
                entrance
            })
            .collect();
        let (intake, prices) = (Intake::new(room), prices.into());
        let pipeline =
            Self { intake, prices, health, writers: entrances, recorder, disk, rulings: Arc::default(), now };
        (pipeline, Writers(tasks))
    }

    /// Room for a request, to be grown as its body arrives.
    pub fn reserve(&self, sender: Sender) -> Reservation {
        self.intake.reserve(sender)
    }

    /// Commits spans; `Ok` means they are in the database, and those that are refused in its list.
    /// A request that is read in slices submits them one after the other in the same room.
    pub async fn submit(
        &self,
        decoded: Decoded,
        encoding: Encoding,
        room: &mut Arc<Reservation>,
    ) -> Result<Accepted, Busy> {
        let offered = decoded.spans.len();
        let submitted = self.commit(decoded, encoding, room).await;
        submitted.inspect_err(|busy| self.turned_away((*busy).into(), offered))
    }

    async fn commit(
        &self,
        decoded: Decoded,
        encoding: Encoding,
        room: &mut Arc<Reservation>,
    ) -> Result<Accepted, Busy> {
        self.check_disk()?;
        // Nobody else has it: what was submitted before has given it back with its answer.
        if let Some(room) = Arc::get_mut(room) {
            room.hold(decoded.spans.len(), decoded.values * VALUE_ROOM_BYTES)?;
        }
        let mut sdks = health::sdk::of_request(&decoded.spans, room.sender().program());
        let own = room.sender().own_space().cloned();
        let digested = self.digest(decoded, own.clone()).await?;
        let mut accepted = Accepted { accepted: 0, rejected: digested.rejected };
        let mut answers = Vec::new();
        for (writer, spans, declared) in shares::split(digested.spans, digested.declared, self.writers.len()) {
            let (answer, answered) = oneshot::channel();
            let ids: Vec<(TraceId, SpanId)> = spans.iter().map(|span| (span.trace_id, span.span_id)).collect();
            let sdks = std::mem::take(&mut sdks);
            let waiting = Waiting { encoding, spans: spans.len(), sdks, answer, room: room.clone() };
            let space = own.as_ref().map(|own| own.space).unwrap_or_default();
            let part = Part { spans, space, declared, waiting };
            self.writers[writer].push(part).map_err(|_| Busy::Stopping)?;
            answers.push((ids, answered));
        }
        for (ids, answered) in answers {
            // Without an answer the writer has ended in the middle: its transaction may or may not have been committed.
            let refused = answered.await.map_err(|_| Busy::Stopping)??;
            accepted.accepted += (ids.len() - refused.len()) as u64;
            for (at, reason) in refused {
                let trace_id = claim::sent_as(own.as_ref(), ids[at].0).to_string();
                accepted.rejected.push(Rejected {
                    trace_id: Some(trace_id),
                    span_id: Some(ids[at].1.to_string()),
                    reason,
                });
            }
        }
        if !accepted.rejected.is_empty() {
            let given = accepted.rejected.iter().map(|one| Given {
                trace_id: one.trace_id.as_deref(),
                span_id: one.span_id.as_deref(),
                reason: &one.reason,
            });
            self.list(room.sender(), Some(encoding), listed(given)).await?;
        }
        Ok(accepted)
    }

    /// Lists a request that is refused as a whole, so nobody knows how many spans; `encoding` is `None` when that could not
    /// be told.
    pub async fn refuse(&self, sender: &Sender, encoding: Option<Encoding>, reason: &str) -> Result<(), Busy> {
        let listed = self.list(sender, encoding, vec![Refused::request(reason)]).await;
        listed.inspect_err(|busy| self.turned_away((*busy).into(), 0))
    }

    /// Counts a request that is sent back.
    pub fn turned_away(&self, why: TurnedAway, spans: usize) {
        self.health.turned_away(why, spans, (self.now)());
    }

    /// Writes down what is refused, then counts it: the two never differ but for what was pruned.
    async fn list(&self, sender: &Sender, encoding: Option<Encoding>, refused: Vec<Refused>) -> Result<(), Busy> {
        self.check_disk()?;
        let at = (self.now)();
        let (name, counted) = (sender.as_str().to_owned(), refused.clone());
        self.recorder.record(Request { at, sender: name, encoding: encoding.map(Encoding::as_str), refused }).await?;
        self.health.rejected(sender, encoding, &counted, at);
        Ok(())
    }

    fn check_disk(&self) -> Result<(), Busy> {
        if self.disk.is_low() { Err(Busy::Disk) } else { Ok(()) }
    }

    /// What operators say about verdicts; whoever has it keeps it up to date.
    pub fn rulings(&self) -> Arc<Rulings> {
        self.rulings.clone()
    }

    /// Where what is measured of the database's disk is told.
    pub fn disk(&self) -> Arc<Disk> {
        self.disk.clone()
    }

    /// Tells how ingest is doing, whenever asked. It does not keep the writers from finishing.
    pub fn reporter(&self) -> impl Fn() -> IngestHealth + Send + Sync + 'static {
        let (health, intake, disk, now) = (self.health.clone(), self.intake.clone(), self.disk.clone(), self.now);
        move || IngestHealth { disk_alarm: disk.alarm(), ..health.report(now(), &intake) }
    }

    /// Tells everything about ingest, likewise.
    pub fn full_reporter(&self) -> impl Fn() -> IngestReport + Send + Sync + 'static {
        let (health, intake, disk, now) = (self.health.clone(), self.intake.clone(), self.disk.clone(), self.now);
        move || {
            let mut report = health.report_in_full(now(), &intake);
            (report.disk, report.health.disk_alarm) = (disk.space(), disk.alarm());
            report
        }
    }

    /// The steps that need no database, off the async threads when they take long.
    async fn digest(&self, decoded: Decoded, own: Option<Arc<TenantSpace>>) -> Result<Digested, Busy> {
        let overrides = self.rulings.current();
        if decoded.spans.len() <= INLINE_SPANS_MAX {
            return Ok(digest(decoded, &self.prices, &overrides, own.as_deref()));
        }
        let prices = self.prices.clone();
        let digesting = tokio::task::spawn_blocking(move || digest(decoded, &prices, &overrides, own.as_deref()));
        digesting.await.map_err(|error| {
            tracing::error!(%error, "spans could not be normalised and priced");
            Busy::Failed
        })
    }
}

impl Writers {
    /// Waits until everything accepted is committed, which is when every clone of the pipeline is gone; not for ever,
    /// since a connection that hangs holds one.
    pub async fn finish(mut self, limit: Duration) {
        let all = async { while self.0.join_next().await.is_some() {} };
        if tokio::time::timeout(limit, all).await.is_err() {
            tracing::warn!(
                "requests that were still open at the end were left unanswered; their senders send them again"
            );
        }
    }
}

struct Digested {
    spans: Vec<Span>,
    declared: shares::Declared,
    rejected: Vec<Rejected>,
}

fn digest(decoded: Decoded, prices: &PriceBook, overrides: &Overrides, own: Option<&TenantSpace>) -> Digested {
    let Decoded { spans, mut declared, rejected, .. } = decoded;
    let mut spans: Vec<Span> = spans.into_iter().map(wire::normalise::span).collect();
    for span in &mut spans {
        prices.price(span);
    }
    if let Some(own) = own {
        claim::claim(own, &mut spans, &mut declared);
    }
    settle::request(&mut spans, overrides);
    Digested { spans, declared, rejected }
}
