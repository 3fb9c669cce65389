//! A span's way in, measured as people would load it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};

use super::database::{Cost, Database};
use super::server::Server;
use super::session::Session;
use super::{Options, corpus, http, load};

/// What an SDK's batch processor sends at once when nobody changed its settings.
const SPANS_PER_REQUEST: u64 = 512;
/// Connections of the load, each with one request at a time.
pub const CONNECTIONS: usize = 4;

/// A round as people would load it: [`CONNECTIONS`] senders, batches of [`SPANS_PER_REQUEST`].
pub struct Round {
    /// How many spans.
    pub spans: u64,
    /// From the first request until all of them are answered, listed and counted.
    pub visible: Duration,
    /// The server's own CPU for that.
    pub server: Duration,
    /// PostgreSQL's.
    pub database: Cost,
    /// CPU of both after that: rolling up, summing up traces.
    pub afterwards: Duration,
    /// CPU the senders used.
    pub senders: Duration,
    /// Half of the requests took no longer.
    pub latency_median: Duration,
    /// Nineteen of twenty requests took no longer.
    pub latency_p95: Duration,
    /// Nineteen of twenty questions for the budgets, asked meanwhile, took no longer.
    pub budgets_p95: Duration,
}

/// Rounds of load. Round 0 warms caches, dictionaries and the planner's statistics, and is not counted.
pub fn rounds(options: &Options, server: &Server, database: &Database) -> Result<Vec<Round>> {
    let mut rounds = Vec::new();
    for number in 0..=options.rounds {
        let round = round(number, options.spans, server, database)?;
        let per_span = |time: Duration| time.as_secs_f64() * 1e6 / round.spans as f64;
        println!(
            "   round {number}: {:.0} spans/s visible; server {:.1} + PostgreSQL {:.1} µs per span, afterwards {:.1}; \
             senders {:.1}; p95 {:.0} ms",
            round.spans as f64 / round.visible.as_secs_f64(),
            per_span(round.server),
            per_span(round.database.cpu),
            per_span(round.afterwards),
            per_span(round.senders),
            round.latency_p95.as_secs_f64() * 1e3,
        );
        match number {
            // As PostgreSQL does by itself once a minute, which may be in the middle of any round.
            0 => database.analyse()?,
            _ => rounds.push(round),
        }
    }
    Ok(rounds)
}

fn round(number: u64, spans: u64, server: &Server, database: &Database) -> Result<Round> {
    let bodies = requests(number, spans, SPANS_PER_REQUEST)?;
    let before = counted(server)?;
    server.settle(database)?;
    database.checkpoint()?;
    let server_before = server.cpu()?;
    let ((sent, budgets_p95), cost) = Session::begin(database)?.cost_of(|_| {
        let sent = asking_for_budgets(server, || load::send(&server.url, CONNECTIONS, &bodies))?;
        let now = counted(server)?;
        ensure!(now == before + spans, "{spans} spans were sent and {} are counted", now - before);
        Ok(sent)
    })?;
    let server_after = server.cpu()?;
    let database_after = database.cpu()?;
    server.settle(database)?;
    Ok(Round {
        spans,
        visible: cost.wall,
        server: server_after - server_before,
        database: cost,
        afterwards: server.cpu()? - server_after + database.cpu()? - database_after,
        senders: sent.cpu,
        latency_median: sent.quantile(0.5),
        latency_p95: sent.quantile(0.95),
        budgets_p95,
    })
}

/// Does `work` and asks for the budgets a hundred times a second meanwhile, as a program would before it spends.
fn asking_for_budgets<T>(server: &Server, work: impl FnOnce() -> Result<T>) -> Result<(T, Duration)> {
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let asking = scope.spawn(|| -> Result<Duration> {
            let mut took = Vec::new();
            while !done.load(Ordering::Relaxed) || took.is_empty() {
                took.push(http::get(&server.url, "/api/v1/budgets?tenant=acme")?.took);
                thread::sleep(Duration::from_millis(10));
            }
            took.sort();
            Ok(took[(took.len() - 1) * 95 / 100])
        });
        let result = work();
        done.store(true, Ordering::Relaxed);
        match asking.join() {
            Ok(p95) => Ok((result?, p95?)),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// How many times smaller what has no column becomes by the dictionary of the release, which was not trained on these
/// spans: so few that none is trained on them meanwhile.
pub fn compression(server: &Server) -> Result<f64> {
    load::send(&server.url, 1, &requests(u64::MAX >> 1, 10_000, SPANS_PER_REQUEST)?)?;
    let (raw, packed) = payload_bytes(server)?;
    Ok(raw / packed)
}

/// Stores as many spans as the pages are measured with a second time.
pub fn load_for_pages(server: &Server, database: &Database) -> Result<()> {
    for round in 0..6 {
        load::send(&server.url, CONNECTIONS, &requests(round, 100_000, SPANS_PER_REQUEST)?)?;
    }
    server.settle(database)
}

/// Spans that pages count: rolled up or still in the outbox.
fn counted(server: &Server) -> Result<u64> {
    let answer = http::get(&server.url, "/api/v1/costs?from=-1d&to=%2B1h&group_by=tenant&bucket=1h")?.body;
    // The first is the one of all groups together.
    let count = answer.split("\"span_count\":").nth(1).and_then(|rest| rest.split([',', '}']).next());
    count.and_then(|count| count.trim().parse().ok()).context("/api/v1/costs tells span_count")
}

/// Bytes of payloads so far, before and after compression.
pub fn payload_bytes(server: &Server) -> Result<(f64, f64)> {
    let bytes = |name: &str| metric(server, &format!("tracetab_ingest_payload_{name}_total"));
    Ok((bytes("bytes")?, bytes("packed_bytes")?))
}

/// A figure of `/metrics`; one that is not there yet is 0.
pub fn metric(server: &Server, name: &str) -> Result<f64> {
    let text = http::get(&server.url, "/metrics")?.body;
    let lines = text.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{'])));
    Ok(lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum())
}

/// The spans of a round, in requests of so many.
pub fn requests(round: u64, spans: u64, per_request: u64) -> Result<Vec<Vec<u8>>> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now_ns = u64::try_from(now.as_nanos())?;
    let firsts: Vec<u64> = (0..spans).step_by(per_request as usize).collect();
    let encode = |first: u64| corpus::request(round, first, per_request.min(spans - first), now_ns);
    let (left, right) = firsts.split_at(firsts.len() / 2);
    Ok(thread::scope(|scope| {
        let right = scope.spawn(|| right.iter().map(|first| encode(*first)).collect::<Vec<_>>());
        let left: Vec<_> = left.iter().map(|first| encode(*first)).collect();
        left.into_iter().chain(right.join().unwrap_or_default()).collect()
    }))
}
