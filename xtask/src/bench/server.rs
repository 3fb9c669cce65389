//! The release server under measurement.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::cpu;
use super::database::Database;
use crate::step::command;

/// Whoever waits longer for background work has found a fault, not a slow machine.
const SETTLE_MAX: Duration = Duration::from_secs(180);

/// So rarely that asking takes nothing worth counting.
const SETTLE_POLL: Duration = Duration::from_millis(500);

/// How long a trace must have been quiet before it is summed up.
#[derive(Clone, Copy)]
pub struct Quiet(pub Duration);

impl Quiet {
    /// So short that a measurement does not wait long for it.
    pub const SHORT: Self = Self(Duration::from_secs(2));
    /// Longer than all rounds of transactions take, so that none has the summing up in it.
    pub const LONG: Self = Self(Duration::from_secs(3_600));
}

/// A running server, stopped when dropped.
pub struct Server {
    child: Child,
    binary: PathBuf,
    quiet: Quiet,
    /// `http://host:port` of dashboard and API.
    pub url: String,
}

impl Server {
    /// Starts it on free ports with the database of the environment, and with these settings.
    pub fn start(binary: &Path, quiet: Quiet, settings: &[(&str, &str)]) -> Result<Self> {
        let mut child = Command::new(binary)
            .arg("serve")
            .envs(["HTTP", "OTLP_HTTP", "OTLP_GRPC"].map(|door| (format!("TRACETAB_{door}_ADDR"), "127.0.0.1:0")))
            .envs(["ZIPKIN", "JAEGER"].map(|door| (format!("TRACETAB_{door}_ADDR"), "off")))
            .env("TRACETAB_QUIET_SECONDS", quiet.0.as_secs().to_string())
            .env("TRACETAB_LOG", "warn,sqlx=error")
            .envs(settings.iter().copied())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("could not start {}", binary.display()))?;
        let stderr = child.stderr.take().context("the server's messages are piped")?;
        let mut lines = BufReader::new(stderr).lines();
        let mut url = None;
        for line in lines.by_ref() {
            let line = line?;
            if let Some((_, found)) = line.split_once("Dashboard and API") {
                url = Some(found.trim().to_owned());
                break;
            }
            eprintln!("   {line}");
        }
        // Keeps reading, so that the server never blocks on a full pipe.
        // Its log lines begin with the time; what else it says tells people where it is.
        let told = |line: &String| line.starts_with(|first: char| first.is_ascii_digit());
        thread::spawn(move || lines.map_while(Result::ok).filter(told).for_each(|line| eprintln!("   {line}")));
        let url = url.context("the server ended before it listened")?;
        Ok(Self { child, binary: binary.to_owned(), quiet, url })
    }

    /// CPU the server has used so far.
    pub fn cpu(&self) -> Result<Duration> {
        cpu::of_process(self.child.id())
    }

    /// Memory the server has in RAM now.
    pub fn memory_bytes(&self) -> Result<u64> {
        self.status("VmRSS:")
    }

    /// The most it ever had.
    pub fn peak_memory_bytes(&self) -> Result<u64> {
        self.status("VmHWM:")
    }

    fn status(&self, field: &str) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kibibytes = text.lines().find_map(|line| line.strip_prefix(field)?.trim().strip_suffix(" kB"));
        Ok(kibibytes.context("/proc/PID/status tells memory in kB")?.trim().parse::<u64>()? * 1024)
    }

    /// Waits until everything that was sent is rolled up and summed up: nothing is left on the lists of either job. What a server
    /// looks at every few seconds goes on, and is no work of those spans.
    pub fn settle(&self, database: &Database) -> Result<()> {
        // Until the finaliser may begin there is nothing to see of it.
        thread::sleep(self.quiet.0);
        let deadline = Instant::now() + SETTLE_MAX;
        while database.number("select (select count(*) from trace_due) + (select count(*) from rollup_outbox)")? > 0 {
            if Instant::now() > deadline {
                bail!("spans were not rolled up and summed up after {} s", SETTLE_MAX.as_secs());
            }
            thread::sleep(SETTLE_POLL);
        }
        Ok(())
    }

    /// Sends the demo's history through the ordinary door.
    pub fn load_demo(&self) -> Result<()> {
        command(Command::new(&self.binary).args(["demo", "--history-only", "--to", &self.url]))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The database goes with it; there is nothing to save, and nothing to do if it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
