//! What a span costs on its way in, against what PostgreSQL alone needs to COPY the row it becomes.

use std::env;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, ensure};

use super::database::Database;
use super::server::Server;
use super::{Options, http, otlp};

/// Senders at once, as many services would: enough that the server's writers always have a batch waiting.
const SENDERS: usize = 8;

/// One round: the same spans, once through the front door and once by COPY.
pub struct Round {
    /// The server's own CPU until the last request was answered.
    pub server: Duration,
    /// PostgreSQL's CPU for the same.
    pub postgres: Duration,
    /// CPU of both after that: rolling up, summing up traces.
    pub afterwards: Duration,
    /// PostgreSQL's CPU to COPY the same rows into a table with the same indexes.
    pub copy: Duration,
    /// From the first request to the last answer.
    pub wall: Duration,
    /// How many spans.
    pub spans: u64,
}

/// All rounds, in turns.
pub fn measure(options: &Options, server: &Server, database: &Database) -> Result<Vec<Round>> {
    let file = env::temp_dir().join(format!("tracetab-bench-{}.copy", std::process::id()));
    let mut rounds = Vec::new();
    // Round 0 warms caches and dictionaries and is not counted.
    for number in 0..=options.rounds {
        let round = round(number, options.spans, server, database, &file)?;
        let per_span = |time: Duration| time.as_secs_f64() * 1e6 / round.spans as f64;
        println!(
            "   round {number}: server {:.1} + PostgreSQL {:.1} µs per span, afterwards {:.1}; COPY {:.1}",
            per_span(round.server),
            per_span(round.postgres),
            per_span(round.afterwards),
            per_span(round.copy)
        );
        if number > 0 {
            rounds.push(round);
        }
    }
    std::fs::remove_file(&file).with_context(|| format!("could not remove {}", file.display()))?;
    Ok(rounds)
}

fn round(number: u64, spans: u64, server: &Server, database: &Database, file: &std::path::Path) -> Result<Round> {
    let requests = requests(number, spans)?;
    server.settle(database)?;
    database.checkpoint()?;
    let (server_before, postgres_before, started) = (server.cpu()?, database.cpu()?, Instant::now());
    send_all(&server.url, &requests)?;
    let (server_after, postgres_after, wall) = (server.cpu()?, database.cpu()?, started.elapsed());
    server.settle(database)?;
    let afterwards = server.cpu()? - server_after + database.cpu()? - postgres_after;

    database.create_copy_target(&hex(otlp::trace_id(number, 0)))?;
    let (first, last) = (id_of_round(number), id_of_round(number + 1));
    let stored = database.export(&first, &last, file)?;
    ensure!(stored == spans, "{spans} spans were sent and {stored} are stored");
    database.checkpoint()?;
    server.settle(database)?;
    let copy_before = database.cpu()?;
    database.copy(file)?;
    let copy = database.cpu()? - copy_before;
    database.forget_copy()?;
    Ok(Round {
        server: server_after - server_before,
        postgres: postgres_after - postgres_before,
        afterwards,
        copy,
        wall,
        spans,
    })
}

fn requests(round: u64, spans: u64) -> Result<Vec<Vec<u8>>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now_ns = u64::try_from(now.as_nanos())?;
    let firsts = (0..spans).step_by(otlp::SPANS_PER_REQUEST as usize);
    Ok(firsts.map(|first| otlp::request(round, first, otlp::SPANS_PER_REQUEST.min(spans - first), now_ns)).collect())
}

fn send_all(url: &str, requests: &[Vec<u8>]) -> Result<()> {
    let next = AtomicU64::new(0);
    let send = || -> Result<()> {
        while let Some(body) = requests.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
            http::post(url, "/v1/traces", "application/x-protobuf", body)?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send)).collect();
        senders.into_iter().try_for_each(|sender| match sender.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

/// The smallest trace id of a round.
fn id_of_round(round: u64) -> String {
    format!("{round:016x}{:016x}", 0)
}

fn hex(id: [u8; 16]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
