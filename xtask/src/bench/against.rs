//! The transaction that stores spans, in turns with what PostgreSQL alone needs for as many.
//!
//! The pace of a machine that is not ours alone changes from second to second. So the turns are as short as one transaction, a tenth of a
//! second, and figures are held against each other as sums over many. Spans are sent again once all of a round are stored: a writer goes
//! by the batch before, so that turns of new ones and old ones would each be written the way that suits the other.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::ceilings::{Ceilings, Copied, SPANS_PER_COMMIT};
use super::database::{Cost, Database};
use super::ingest::{metric, payload_bytes, requests};
use super::server::Server;
use super::session::Session;
use super::{Options, load};

/// How long rolling up a round may take: many times what it does.
const ROLL_UP_MAX: Duration = Duration::from_secs(120);

/// How often it is asked whether everything is rolled up.
const ROLL_UP_POLL: Duration = Duration::from_millis(200);

/// A round of the transaction alone: one sender, batches of [`SPANS_PER_COMMIT`], one writer; and PostgreSQL alone.
#[derive(Default)]
pub struct Against {
    /// How many spans.
    pub spans: u64,
    /// New spans.
    pub new: Cost,
    /// The server's CPU for them.
    pub new_server: Duration,
    /// From the beginning of transactions to their commits.
    pub transactions: Duration,
    /// The same spans once more.
    pub again: Cost,
    /// The server's CPU for them.
    pub again_server: Duration,
    /// Rolling them up, once all are stored.
    pub rolled_up: Cost,
    /// As many spans by COPY.
    pub copied: Copied,
    /// Payload bytes before and after compression.
    pub payload_bytes: (u64, u64),
}

/// Rounds, after one that is not counted, on a server with one writer.
pub fn rounds(options: &Options, server: &Server, database: &Database) -> Result<Vec<Against>> {
    // Rounds of the load have the numbers below.
    let first = options.rounds + 1;
    load::send(&server.url, 1, &requests(first, options.spans, SPANS_PER_COMMIT)?)?;
    let ceilings = Ceilings::prepare(database, first)?;
    ceilings.write_files(first, options.spans)?;
    let mut all = Vec::new();
    for number in first + 1..=first + 1 + options.rounds {
        let round = round(number, options.spans, (server, database), &ceilings)?;
        let per_span = |time: Duration| time.as_secs_f64() * 1e6 / round.spans as f64;
        println!(
            "   round {number}: PostgreSQL {:.1} µs per span, again {:.1}; COPY as jsonb {:.1}, indexed {:.1}, of our rows {:.1}",
            per_span(round.new.cpu),
            per_span(round.again.cpu),
            per_span(round.copied.bare_jsonb.cpu),
            per_span(round.copied.indexed_jsonb.cpu),
            per_span(round.copied.indexed_rows.cpu),
        );
        if number > first + 1 {
            all.push(round);
        }
    }
    Ok(all)
}

fn round(number: u64, spans: u64, (server, database): (&Server, &Database), ceilings: &Ceilings) -> Result<Against> {
    let bodies = requests(number, spans, SPANS_PER_COMMIT)?;
    let mut session = Session::begin(database)?;
    roll_up(&mut session)?;
    database.checkpoint()?;
    // Rolling up would fall on whatever has its turn: it waits for its lock, and has a turn of its own.
    let mut roller = Session::begin(database)?;
    roller.run("select pg_advisory_lock(hashtextextended('tracetab:outbox', 0))")?;
    let mut round = Against { spans, ..Against::default() };
    for (part, body) in (0..).zip(bodies.chunks(1)) {
        let new = pass(server, &mut session, body)?;
        round.new += new.cost;
        round.new_server += new.server;
        round.transactions += new.transactions;
        round.payload_bytes.0 += new.payload_bytes.0;
        round.payload_bytes.1 += new.payload_bytes.1;
        ceilings.copy(part, &mut session, &mut round.copied)?;
    }
    for body in bodies.chunks(1) {
        let again = pass(server, &mut session, body)?;
        round.again += again.cost;
        round.again_server += again.server;
    }
    drop(roller);
    (_, round.rolled_up) = session.cost_of(roll_up)?;
    ceilings.clear(&mut round.copied)?;
    Ok(round)
}

/// Waits until everything is rolled up.
fn roll_up(session: &mut Session) -> Result<()> {
    let deadline = Instant::now() + ROLL_UP_MAX;
    while session.run("select count(*) from rollup_outbox")? != "0" {
        ensure!(Instant::now() < deadline, "spans were not rolled up after {} s", ROLL_UP_MAX.as_secs());
        sleep(ROLL_UP_POLL);
    }
    Ok(())
}

/// What storing one request's spans took.
struct Pass {
    cost: Cost,
    server: Duration,
    transactions: Duration,
    payload_bytes: (u64, u64),
}

fn pass(server: &Server, session: &mut Session, body: &[Vec<u8>]) -> Result<Pass> {
    let seconds = || metric(server, "tracetab_ingest_commit_seconds_sum");
    let (before, (raw, packed)) = (seconds()?, payload_bytes(server)?);
    let (used, cost) = session.cost_of(|_| {
        let used = server.cpu()?;
        load::send(&server.url, 1, body)?;
        Ok(server.cpu()? - used)
    })?;
    let (raw_after, packed_after) = payload_bytes(server)?;
    Ok(Pass {
        cost,
        server: used,
        transactions: Duration::from_secs_f64(seconds()? - before),
        payload_bytes: ((raw_after - raw) as u64, (packed_after - packed) as u64),
    })
}
