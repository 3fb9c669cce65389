//! The ingest transaction: spans in, exactly once, with all their sums.
//!
//! A [`Batch`] is written by a [`Writer`] in one transaction: totals are added to `traces`, rows copied into the leaves
//! of `span`, one row added to the outbox (`optimistic`). Whatever goes wrong there while the server still answers, the
//! batch is written again the slow way (`careful`), which counts only what was not there before.

mod batch;
mod careful;
mod copy;
mod leaves;
mod links;
mod optimistic;
mod totals;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::StoreError;
use crate::names::{Cache, Ids};
use crate::session::Own;
pub use batch::Batch;
use batch::Row;
pub(crate) use copy::columns;
use leaves::Leaves;

/// Attempts of the slow path against deadlocks and serialization failures: writers lock traces in one order, so even one
/// lost race is rare.
const ATTEMPTS_MAX: u32 = 5;

/// What became of a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Spans new to the database, committed.
    pub accepted: u64,
    /// Spans that were there already, and were not counted again: indexes into the batch's spans, in no order.
    pub repeated: Vec<usize>,
    /// Spans refused because the place they belong to is closed: index into the batch's spans, and why.
    pub refused: Vec<(usize, String)>,
}

/// One writer: it owns its place in the outbox and its connection.
pub struct Writer {
    pool: PgPool,
    number: i32,
    memory: Mutex<Memory>,
}

/// What a writer remembers between batches.
#[derive(Default)]
struct Memory {
    connection: Own,
    names: Cache,
    leaves: Leaves,
    /// The last batch was known for the most part: the next one may well be too, as when a sender goes through it all again.
    expects_repeats: bool,
}

/// One attempt at writing some rows of a batch.
struct Attempt<'a> {
    batch: &'a Batch,
    rows: &'a [&'a Row],
    ids: &'a Ids,
    leaves: &'a Leaves,
    writer: i32,
    now: DateTime<Utc>,
    /// What is tried first.
    first: Way,
}

/// Where a trace lives.
#[derive(Clone, Copy)]
struct Home<'a> {
    /// Its home in microseconds since 1970.
    us: i64,
    /// The leaf of that home.
    leaf: &'a str,
}

/// Why an attempt wrote nothing.
enum Failure {
    /// The database failed or refused.
    Store(StoreError),
    /// These traces live where nothing may be added any more; or this writer's view of the leaves is old.
    Closed(HashMap<Uuid, DateTime<Utc>>),
}

impl<E: Into<StoreError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Store(error.into())
    }
}

impl Writer {
    /// A writer on `pool`; `number` tells the writers of all processes' transactions apart only for reading logs.
    pub fn new(pool: PgPool, number: i32) -> Self {
        Self { pool, number, memory: Mutex::default() }
    }

    /// Writes the batch in one transaction; when this returns `Ok`, it is committed.
    /// An error that [`StoreError::is_unavailable`] may mean it was committed all the same: sending it again is safe.
    ///
    /// Values that no row can hold (a trace dearer than nine million dollars) would fail the whole batch for ever; it is
    /// then halved until they stand alone and are refused.
    pub async fn write(&self, batch: &Batch, now: DateTime<Utc>) -> Result<Outcome, StoreError> {
        let mut memory = self.memory.lock().await;
        let Memory { connection, names, leaves, expects_repeats } = &mut *memory;
        leaves.refresh(&self.pool, now).await?;
        let mut db = connection.take(&self.pool).await?;
        let ids = names.resolve(&mut db, &batch.names).await?;
        let mut outcome = Outcome { repeated: batch.repeated.clone(), ..Outcome::default() };
        let mut waiting: Vec<Vec<&Row>> = vec![batch.rows.iter().collect()];
        while let Some(rows) = waiting.pop() {
            if rows.is_empty() {
                continue;
            }
            let first = if *expects_repeats { Way::Careful } else { Way::Optimistic };
            let attempt = Attempt { batch, rows: &rows, ids: &ids, leaves, writer: self.number, now, first };
            match attempt.run(&mut db).await {
                Ok(known) => {
                    *expects_repeats = known.len() * 2 > rows.len();
                    outcome.accepted += (rows.len() - known.len()) as u64;
                    outcome.repeated.extend(known);
                }
                Err(Failure::Closed(homes)) => {
                    leaves.read(&self.pool, now).await?;
                    waiting.push(outcome.refuse_closed(rows, &homes, leaves));
                }
                Err(Failure::Store(error)) if error.is_about_values() => match rows.as_slice() {
                    [row] => outcome.refused.push((row.index, format!("cannot be kept: {}", error.reason()))),
                    rows => waiting.extend(rows.chunks(rows.len().div_ceil(2)).map(<[&Row]>::to_vec)),
                },
                Err(Failure::Store(error)) => return Err(error),
            }
        }
        connection.give_back(db);
        Ok(outcome)
    }
}

impl Outcome {
    /// How many spans were there already.
    pub fn duplicates(&self) -> u64 {
        self.repeated.len() as u64
    }

    /// Refuses the rows of traces whose leaf is closed, and returns the others.
    fn refuse_closed<'a>(
        &mut self,
        rows: Vec<&'a Row>,
        homes: &HashMap<Uuid, DateTime<Utc>>,
        leaves: &Leaves,
    ) -> Vec<&'a Row> {
        let is_closed = |row: &&Row| homes.get(&row.trace_id).is_some_and(|home| leaves.writable(*home).is_none());
        let (closed, open) = rows.into_iter().partition::<Vec<_>, _>(is_closed);
        let reason = "its trace is older than what still takes spans; nothing is left to tell a repeat by";
        self.refused.extend(closed.into_iter().map(|row| (row.index, reason.to_owned())));
        open
    }
}

impl Attempt<'_> {
    /// Writes the rows, quickly if they are all new, else carefully; at once carefully where repeats are expected. Answers which were there already, by their indexes.
    async fn run(&self, db: &mut PgConnection) -> Result<Vec<usize>, Failure> {
        match self.in_transaction(db, self.first).await {
            Err(Failure::Store(error)) if error.was_answered() => {
                tracing::debug!(error = error.reason(), "writing a batch carefully");
            }
            result => return result,
        }
        let mut attempts = 1;
        loop {
            match self.in_transaction(db, Way::Careful).await {
                Err(Failure::Store(error)) if error.lost_a_race() && attempts < ATTEMPTS_MAX => attempts += 1,
                result => return result,
            }
        }
    }

    /// Commits what `way` writes, or leaves nothing of it behind.
    async fn in_transaction(&self, db: &mut PgConnection, way: Way) -> Result<Vec<usize>, Failure> {
        let mut transaction = db.begin().await?;
        let written = match way {
            Way::Optimistic => optimistic::write(self, &mut transaction).await.map(|()| Vec::new()),
            Way::Careful => careful::write(self, &mut transaction).await,
        };
        match written {
            Ok(_) => transaction.commit().await?,
            Err(_) => transaction.rollback().await?,
        }
        written
    }

    /// The homes of the rows' traces, if all of them still take spans.
    fn check_homes(&self, homes: Vec<(Uuid, DateTime<Utc>)>) -> Result<HashMap<Uuid, Home<'_>>, Failure> {
        let (mut open, mut closed) = (HashMap::with_capacity(homes.len()), HashMap::new());
        for (trace_id, home) in homes {
            match self.leaves.writable(home) {
                Some(leaf) => drop(open.insert(trace_id, Home { us: home.timestamp_micros(), leaf: &leaf.name })),
                None => drop(closed.insert(trace_id, home)),
            }
        }
        if closed.is_empty() { Ok(open) } else { Err(Failure::Closed(closed)) }
    }
}

/// How a batch is written.
#[derive(Clone, Copy)]
enum Way {
    /// As if every span were new.
    Optimistic,
    /// Counting only spans that were not there.
    Careful,
}

#[cfg(test)]
mod tests;
