//! What it takes to look at many rules: two hundred of them, over ten thousand series that all have spans in the window.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};

use super::database::Database;
use super::ingest::CONNECTIONS;
use super::server::Server;
use super::{corpus, http, load};

/// Rules, and the series they are about.
pub const RULES: usize = 200;
pub const SERIES: u64 = 10_000;

/// Spans in the window when it begins: thirty of every series.
const SPANS_BEFORE: u64 = 300_000;

/// Spans a second while it is measured.
const SPANS_PER_SECOND: u64 = 1_000;

/// Spans of a request.
const SPANS_PER_REQUEST: u64 = 500;

/// How long it goes on before: a server that has just started works out what is expected of every series.
const BEFORE: Duration = Duration::from_secs(60);

/// How long it is measured.
const MEASURED: Duration = Duration::from_secs(120);

/// Hours of spend before, so that there is an expectation of every series.
const HISTORY_HOURS: u64 = 14;

/// The jobs that look at rules and at series.
const JOBS: [&str; 2] = ["detect", "anomalies"];

/// What was measured.
pub struct Looked {
    /// Seconds of looking per minute, by job.
    pub seconds_per_minute: Vec<(&'static str, f64)>,
    /// Rounds of it in the time measured, by job.
    pub rounds: Vec<(&'static str, f64)>,
    /// CPU of server and PostgreSQL per minute, ingest included.
    pub cpu_per_minute: Duration,
    /// The server's memory at its highest.
    pub peak_bytes: u64,
}

/// Writes the rules into a folder; it is told to the server.
pub fn rules() -> Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("tracetab-bench-rules-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let mut text = String::from("alerts:\n");
    for number in 0..RULES {
        let tenant = number % 100;
        // None of them fires: what is measured is the looking.
        let query = match number % 8 {
            0 => format!("sum(cost_usd) by tenant, service > {}", 1_000 + number),
            1 => format!("count(spans) by tenant, model > {}", 1_000_000 + number),
            2 => format!("error_rate by service > 99.{number:03}%"),
            3 => format!("sum(tokens_out) by user > {}", 1_000_000_000 + number),
            4 => format!("count(errors) by operation > {} where tenant = tenant-{tenant}", 100_000 + number),
            5 => format!("max(cost_usd) by service > {} where cost_usd > 0.5", 1_000 + number),
            6 => format!("avg(duration) by capability > {}h", 100 + number),
            _ => format!("count(spans) by tenant > {} where status = error and duration > 5s", 1_000_000 + number),
        };
        let window = ["1m", "5m"][number / 8 % 2];
        writeln!(text, "  - {{name: rule {number}, query: '{query}', window: {window}, severity: warning}}")?;
    }
    fs::write(folder.join("trace_alerts.yaml"), text)?;
    Ok(folder)
}

/// Stores what the series spent in the hours before, and what is in the window.
pub fn load(server: &Server, database: &Database) -> Result<()> {
    let now = now_ns()?;
    for hour in (1..=HISTORY_HOURS).rev() {
        send(server, hour, 0, SERIES, now - hour * 3_600_000_000_000)?;
    }
    server.settle(database)?;
    println!("   {} spans of {HISTORY_HOURS} hours stored", HISTORY_HOURS * SERIES);
    send(server, 100, 0, SPANS_BEFORE, now_ns()?)?;
    // What is left to do about them is not looking.
    server.settle(database)
}

/// Goes on sending, and reads how long jobs take. The server has only looked so far: what storing the spans took is not its memory.
pub fn measure(server: &Server, database: &Database) -> Result<Looked> {
    let sent = go_on(server, 0, BEFORE)?;
    let before = JOBS.map(|job| spent(server, job));
    let cpu_before = server.cpu()? + database.cpu()?;
    let begun = Instant::now();
    go_on(server, sent, MEASURED)?;
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    let cpu_per_minute = (server.cpu()? + database.cpu()? - cpu_before).div_f64(minutes);
    let (mut seconds_per_minute, mut rounds) = (Vec::new(), Vec::new());
    for (job, before) in JOBS.into_iter().zip(before) {
        let ((took_before, rounds_before), (took, looked)) = (before?, spent(server, job)?);
        seconds_per_minute.push((job, (took - took_before) / minutes));
        rounds.push((job, looked - rounds_before));
    }
    Ok(Looked { seconds_per_minute, rounds, cpu_per_minute, peak_bytes: server.peak_memory_bytes()? })
}

/// Sends spans for so long, from this one on, and tells where it ends.
fn go_on(server: &Server, first: u64, time: Duration) -> Result<u64> {
    let begun = Instant::now();
    let mut seconds = 0;
    while begun.elapsed() < time {
        send(server, 200, first + seconds * SPANS_PER_SECOND, SPANS_PER_SECOND, now_ns()?)?;
        seconds += 1;
        thread::sleep(Duration::from_secs(seconds).saturating_sub(begun.elapsed()));
    }
    Ok(first + seconds * SPANS_PER_SECOND)
}

/// Seconds a job has taken so far, and how often it ran.
fn spent(server: &Server, job: &str) -> Result<(f64, f64)> {
    let metrics = http::get(&server.url, "/metrics")?.body;
    let value = |name: &str| {
        let line = format!("tracetab_job_seconds_{name}{{job=\"{job}\"}} ");
        let found = metrics.lines().find_map(|metric| metric.strip_prefix(&line));
        found.and_then(|value| value.trim().parse::<f64>().ok()).with_context(|| format!("/metrics has no {line}"))
    };
    Ok((value("sum")?, value("count")?))
}

/// Sends spans `first..first + count`, one for each series in turns.
fn send(server: &Server, round: u64, first: u64, count: u64, now_ns: u64) -> Result<()> {
    let firsts = (first..first + count).step_by(SPANS_PER_REQUEST as usize);
    let bodies: Vec<_> = firsts
        .map(|from| corpus::of_series(round, from, SPANS_PER_REQUEST.min(first + count - from), SERIES, now_ns))
        .collect();
    load::send(&server.url, CONNECTIONS, &bodies).map(drop)
}

fn now_ns() -> Result<u64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(u64::try_from(now.as_nanos())?)
}
