//! One run of the `postgres` program: started, waited for until it takes connections, stopped.

use std::fs::OpenOptions;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use super::child;
use super::cluster::Cluster;
use super::settings;

/// How often we look whether it is ready or gone.
const POLL: Duration = Duration::from_millis(20);
/// Longest wait for a start: recovery after a crash replays at most `max_wal_size`.
const START_MAX: Duration = Duration::from_secs(120);
/// Longest wait for the leftovers of a crashed run: its orphaned sessions leave within 4 s, measured.
const LEFTOVERS_MAX: Duration = Duration::from_secs(15);
/// Longest wait for a fast shutdown: it writes one checkpoint.
const STOP_MAX: Duration = Duration::from_secs(30);
/// Our only standing limit on its log: begun anew at a start when it has grown beyond this.
const LOG_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How much of the log explains a failed start.
const LOG_TAIL_BYTES: usize = 2_000;

/// A PostgreSQL that takes connections.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts it. After a crash the first attempts may meet what the last run left; those are made again.
    pub fn start(cluster: &Cluster) -> anyhow::Result<Self> {
        let began = Instant::now();
        wait_for_orphan(cluster)?;
        loop {
            let mut child = spawn(cluster)?;
            match wait_until_ready(&mut child, cluster, began)? {
                None => return Ok(Self { child }),
                Some(_) if began.elapsed() < LEFTOVERS_MAX && leftovers_are_in_the_way(cluster) => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                Some(status) => bail!(
                    "the private PostgreSQL did not start ({status}); the end of {} says:\n{}",
                    cluster.log.display(),
                    log_tail(cluster)
                ),
            }
        }
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Shuts it down: sessions end, a checkpoint is written.
    pub fn stop(mut self) {
        if self.signal_and_wait(Signal::INT, STOP_MAX) {
            return;
        }
        // What was committed is in the write-ahead log; the next start recovers it.
        if !self.signal_and_wait(Signal::QUIT, STOP_MAX) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }

    fn signal_and_wait(&mut self, signal: Signal, limit: Duration) -> bool {
        let _ = kill_process(Pid::from_child(&self.child), signal);
        let began = Instant::now();
        while began.elapsed() < limit {
            if self.ended().is_some() {
                return true;
            }
            std::thread::sleep(POLL);
        }
        false
    }
}

fn spawn(cluster: &Cluster) -> anyhow::Result<Child> {
    let too_long = cluster.log.metadata().is_ok_and(|log| log.len() > LOG_BYTES_MAX);
    let mut open = OpenOptions::new();
    // Opened by us and handed over: PostgreSQL's user may not be allowed to make files here.
    let log = open.create(true).write(true).append(!too_long).truncate(too_long).open(&cluster.log);
    let log = log.with_context(|| format!("cannot write {}", cluster.log.display()))?;
    let mut command = child::command(&cluster.binaries.postgres);
    cluster.account.apply(&mut command);
    command.arg("-D").arg(&cluster.pgdata).arg("-k").arg(&cluster.sockets);
    settings::apply(&mut command, cluster);
    command.current_dir("/").stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.spawn().with_context(|| format!("running {}", cluster.binaries.postgres.display()))
}

/// `None` once it takes connections, else how it ended.
fn wait_until_ready(child: &mut Child, cluster: &Cluster, began: Instant) -> anyhow::Result<Option<ExitStatus>> {
    let pid_file = cluster.pgdata.join("postmaster.pid");
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        let text = std::fs::read_to_string(&pid_file).unwrap_or_default();
        if pid_in(&text) == i32::try_from(child.id()).ok() && text.lines().nth(7).map(str::trim) == Some("ready") {
            return Ok(None);
        }
        if began.elapsed() > START_MAX {
            let _ = child.kill();
            bail!(
                "the private PostgreSQL was not ready after {} s; see {}",
                START_MAX.as_secs(),
                cluster.log.display()
            );
        }
        std::thread::sleep(POLL);
    }
}

/// The folder is locked by us, so a PostgreSQL that still runs on it has lost its server and is on its way out.
fn wait_for_orphan(cluster: &Cluster) -> anyhow::Result<()> {
    let began = Instant::now();
    while let Some(pid) = live_postmaster(&cluster.pgdata) {
        if began.elapsed() > STOP_MAX {
            bail!(
                "a PostgreSQL (process {}) still runs on {}; stop it and start again",
                pid.as_raw_nonzero(),
                cluster.pgdata.display()
            );
        }
        let _ = kill_process(pid, Signal::INT);
        std::thread::sleep(POLL);
    }
    Ok(())
}

fn live_postmaster(pgdata: &Path) -> Option<Pid> {
    let pid = Pid::from_raw(pid_in(&std::fs::read_to_string(pgdata.join("postmaster.pid")).ok()?)?)?;
    test_kill_process(pid).ok()?;
    // After a reboot the number may belong to anyone; only a process whose folder this is counts.
    let works_in = std::fs::read_link(format!("/proc/{}/cwd", pid.as_raw_nonzero())).ok();
    works_in.is_none_or(|folder| folder == pgdata).then_some(pid)
}

fn pid_in(pid_file: &str) -> Option<i32> {
    pid_file.lines().next()?.trim().parse().ok()
}

fn leftovers_are_in_the_way(cluster: &Cluster) -> bool {
    let tail = log_tail(cluster);
    tail.contains("still in use") || tail.contains("lock file")
}

fn log_tail(cluster: &Cluster) -> String {
    let text = std::fs::read(&cluster.log).unwrap_or_default();
    let tail = &text[text.len().saturating_sub(LOG_TAIL_BYTES)..];
    String::from_utf8_lossy(tail).trim().to_owned()
}
