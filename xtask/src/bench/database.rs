//! The private Postgres of a measurement, through psql.

use std::env;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::cpu;

/// A database nobody else uses.
pub struct Database {
    url: String,
    postmaster: u32,
}

impl Database {
    /// The one DATABASE_URL names.
    pub fn from_environment() -> Result<Self> {
        let url = env::var("DATABASE_URL").context("DATABASE_URL is not set")?;
        let data = query(&url, "show data_directory")?;
        let pid_file = Path::new(data.trim()).join("postmaster.pid");
        let text =
            std::fs::read_to_string(&pid_file).with_context(|| format!("could not read {}", pid_file.display()))?;
        let postmaster = text.lines().next().and_then(|line| line.trim().parse().ok());
        Ok(Self { url, postmaster: postmaster.context("the first line of postmaster.pid is a process id")? })
    }

    /// CPU the whole cluster has used so far.
    pub fn cpu(&self) -> Result<Duration> {
        cpu::of_cluster(self.postmaster)
    }

    /// A table like the leaf that holds `trace_id`, with its indexes and constraints, empty.
    pub fn create_copy_target(&self, trace_id: &str) -> Result<()> {
        let leaf =
            query(&self.url, &format!("select tableoid::regclass from span where trace_id = '{trace_id}' limit 1"))?;
        let leaf = leaf.trim();
        if leaf.is_empty() {
            bail!("no span of trace {trace_id} was stored");
        }
        query(&self.url, &format!("create table if not exists copied (like {leaf} including all)")).map(drop)
    }

    /// Writes a range of traces' span rows to a file in COPY's binary format and returns how many they are.
    pub fn export(&self, from: &str, to: &str, file: &Path) -> Result<u64> {
        let rows = format!("select * from span where trace_id >= '{from}' and trace_id < '{to}'");
        let count = query(&self.url, &format!("select count(*) from ({rows}) rows"))?;
        query(&self.url, &format!("copy ({rows}) to '{}' (format binary)", file.display()))?;
        count.trim().parse().context("count(*) is a number")
    }

    /// Copies such a file into the empty table of [`Self::create_copy_target`], committed.
    pub fn copy(&self, file: &Path) -> Result<()> {
        query(&self.url, &format!("copy copied from '{}' (format binary)", file.display())).map(drop)
    }

    /// Empties that table again.
    pub fn forget_copy(&self) -> Result<()> {
        query(&self.url, "truncate copied").map(drop)
    }

    /// Flushes what earlier work left to write, so that it is not counted for later work.
    pub fn checkpoint(&self) -> Result<()> {
        query(&self.url, "checkpoint").map(drop)
    }

    /// How many rows the tables hold that pages read.
    pub fn rows(&self) -> Result<Vec<(String, u64)>> {
        ["traces", "span", "cost_rollup"]
            .into_iter()
            .map(|table| {
                let count = query(&self.url, &format!("select count(*) from {table}"))?;
                Ok((table.to_owned(), count.trim().parse().context("count(*) is a number")?))
            })
            .collect()
    }

    /// `15.18`, without what Debian adds to it.
    pub fn version(&self) -> Result<String> {
        let version = query(&self.url, "show server_version")?;
        Ok(version.split_whitespace().next().unwrap_or_default().to_owned())
    }
}

fn query(url: &str, statement: &str) -> Result<String> {
    let output =
        Command::new("psql").args(["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", url, "-c", statement]).output();
    let output = output.context("could not start psql")?;
    if !output.status.success() {
        bail!("{statement}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8(output.stdout)?)
}
