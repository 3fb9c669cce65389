//! The private Postgres of a measurement, through psql.

use std::env;
use std::ops::AddAssign;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::cpu;

/// A database nobody else uses.
pub struct Database {
    url: String,
    postmaster: u32,
}

/// What some work cost the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// CPU of all its processes.
    pub cpu: Duration,
    /// Bytes of write-ahead log.
    pub wal_bytes: u64,
    /// From beginning to end.
    pub wall: Duration,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, more: Self) {
        self.cpu += more.cpu;
        self.wal_bytes += more.wal_bytes;
        self.wall += more.wall;
    }
}

impl Database {
    /// The one DATABASE_URL names.
    pub fn from_environment() -> Result<Self> {
        let url = env::var("DATABASE_URL").context("DATABASE_URL is not set")?;
        let mut database = Self { url, postmaster: 0 };
        let pid_file = Path::new(&database.text("show data_directory")?).join("postmaster.pid");
        let text =
            std::fs::read_to_string(&pid_file).with_context(|| format!("could not read {}", pid_file.display()))?;
        let postmaster = text.lines().next().and_then(|line| line.trim().parse().ok());
        database.postmaster = postmaster.context("the first line of postmaster.pid is a process id")?;
        Ok(database)
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// CPU the whole cluster has used so far.
    pub fn cpu(&self) -> Result<Duration> {
        cpu::of_cluster(self.postmaster)
    }

    /// Does `work` while PostgreSQL vacuums and analyses nothing by itself: that falls on whatever happens to run.
    pub fn without_autovacuum<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.run(["alter system set autovacuum = off", "select pg_reload_conf()"])?;
        while self.number("select count(*) from pg_stat_activity where backend_type = 'autovacuum worker'")? > 0 {
            thread::sleep(Duration::from_millis(200));
        }
        self.analyse()?;
        let result = work();
        self.run(["alter system reset autovacuum", "select pg_reload_conf()"])?;
        result
    }

    /// Gives the planner the statistics that a database has which is older than a minute.
    pub fn analyse(&self) -> Result<()> {
        self.run(["vacuum (analyze)"])
    }

    /// Runs statements in one session, each committed by itself.
    pub fn run<S: AsRef<str>>(&self, statements: impl IntoIterator<Item = S>) -> Result<()> {
        let mut psql = psql(&self.url);
        for statement in statements {
            psql.args(["-c", statement.as_ref()]);
        }
        output(psql, "a statement of the benchmark").map(drop)
    }

    /// The one value a query gives, as text.
    pub fn text(&self, query: &str) -> Result<String> {
        let mut psql = psql(&self.url);
        psql.args(["-c", query]);
        Ok(output(psql, query)?.trim().to_owned())
    }

    /// The one value a query gives, as a number.
    pub fn number(&self, query: &str) -> Result<u64> {
        self.text(query)?.parse().with_context(|| format!("{query} gives a number"))
    }

    /// Flushes what earlier work left to write, so that it is not counted for later work.
    pub fn checkpoint(&self) -> Result<()> {
        self.run(["checkpoint"])
    }

    /// How many rows the tables hold that pages read.
    pub fn rows(&self) -> Result<Vec<(String, u64)>> {
        ["traces", "span", "cost_rollup"]
            .into_iter()
            .map(|table| Ok((table.to_owned(), self.number(&format!("select count(*) from {table}"))?)))
            .collect()
    }

    /// `15.18`, without what Debian adds to it.
    pub fn version(&self) -> Result<String> {
        Ok(self.text("show server_version")?.split_whitespace().next().unwrap_or_default().to_owned())
    }
}

/// psql, which says what a query gives and nothing else, and ends at the first error.
pub fn psql(url: &str) -> Command {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", url]);
    psql
}

fn output(mut psql: Command, what: &str) -> Result<String> {
    let output = psql.output().context("could not start psql")?;
    if !output.status.success() {
        bail!("{what}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}
