//! How long a trace of any size takes to open, what it takes to get there, and how smoothly it is looked at: in Chromium.

mod corpus;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, ensure};

use super::database::Database;
use super::server::Server;
use super::{http, load};
use crate::step::command;
use crate::workspace::root;

/// Sizes in spans.
pub const SIZES: [u64; 6] = [20, 1_000, 10_000, 50_000, 100_000, 1_000_000];

/// Spans per request, as SDKs batch them.
const REQUEST_SPANS: u64 = 512;

/// Times each size is opened, beside the first time.
const TIMES: usize = 5;

/// Longest wait for traces to be given back: they are kept for two minutes.
const GIVEN_BACK_MAX: Duration = Duration::from_secs(180);

/// One size and its figures, by the names `opening.mjs` gives them.
pub struct Opening {
    pub spans: u64,
    /// The first page, which lays the trace out.
    pub first_page: Duration,
    /// Medians.
    pub figures: BTreeMap<String, f64>,
    /// Memory of the server before and after.
    pub server_bytes: (u64, u64),
    /// What the machine had to do besides: processes that want to run, over the last minute.
    pub load: f64,
}

/// Sends a trace of this size and opens it.
pub fn measure(server: &Server, database: &Database, spans: u64) -> Result<Opening> {
    let trace_id = [&[0x0b; 8][..], &spans.to_be_bytes()].concat();
    let hex: String = trace_id.iter().map(|byte| format!("{byte:02x}")).collect();
    send(server, trace_id.try_into().unwrap_or_default(), spans)?;
    // Until it has been summed up: that makes another state of it.
    server.settle(database)?;
    let before = server.memory_bytes()?;
    let first_page = http::get(&server.url, &format!("/traces/{hex}"))?.took;
    let figures = open(&server.url, &format!("/traces/{hex}"))?;
    let opening =
        Opening { spans, first_page, figures, server_bytes: (before, server.memory_bytes()?), load: load_average()? };
    println!(
        "   {spans} spans: first page {} ms, {}, load {:.2}",
        opening.first_page.as_millis(),
        opening.figures.iter().map(|(name, value)| format!("{name} {value:.0}")).collect::<Vec<_>>().join(", "),
        opening.load
    );
    Ok(opening)
}

fn send(server: &Server, trace_id: [u8; 16], spans: u64) -> Result<()> {
    let now_ns = u64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_nanos())?;
    let request = |first| corpus::request(trace_id, spans, first, REQUEST_SPANS.min(spans - first), now_ns);
    let bodies: Vec<Vec<u8>> = (0..spans).step_by(REQUEST_SPANS as usize).map(request).collect();
    load::send(&server.url, 2, &bodies).map(drop)
}

/// Medians of what `opening.mjs` measures.
fn open(url: &str, path: &str) -> Result<BTreeMap<String, f64>> {
    let folder = root().join("end2end");
    let script = ["opening.mjs", url, path, &TIMES.to_string()];
    let output = Command::new("node").args(script).current_dir(&folder).output()?;
    ensure!(output.status.success(), "opening.mjs: {}", String::from_utf8_lossy(&output.stderr));
    let line = |line: &str| -> Result<(String, f64)> {
        let (name, value) = line.split_once(' ').context("opening.mjs prints a name and a number")?;
        Ok((name.to_owned(), value.parse()?))
    };
    String::from_utf8(output.stdout)?.lines().map(line).collect()
}

/// Memory of the server when nobody has looked at a trace for so long that it has given back what it kept of them.
pub fn given_back(server: &Server) -> Result<u64> {
    let deadline = Instant::now() + GIVEN_BACK_MAX;
    while !http::get(&server.url, "/metrics")?.body.lines().any(|line| line == "tracetab_layouts_bytes 0") {
        ensure!(Instant::now() < deadline, "traces are still kept after {} s", GIVEN_BACK_MAX.as_secs());
        std::thread::sleep(Duration::from_secs(1));
    }
    server.memory_bytes()
}

/// What the browser's side of it needs.
pub fn prepare() -> Result<()> {
    let folder = root().join("end2end");
    command(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder))
}

fn load_average() -> Result<f64> {
    let text = fs::read_to_string("/proc/loadavg")?;
    text.split(' ').next().and_then(|first| first.parse().ok()).context("/proc/loadavg begins with a number")
}
