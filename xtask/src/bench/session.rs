//! One session with the Postgres of a measurement that stays open: work of a tenth of a second is dearer than the beginning of a session,
//! but not by much.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::database::{Cost, Database, psql};

/// What psql says when it is done with a statement.
const DONE: &str = "done with it";

/// A session; it ends when it is dropped.
pub struct Session<'a> {
    database: &'a Database,
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl<'a> Session<'a> {
    /// Begins one.
    pub fn begin(database: &'a Database) -> Result<Self> {
        let mut child = psql(database.url()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let asks = child.stdin.take().context("psql reads from us")?;
        let answers = BufReader::new(child.stdout.take().context("psql writes to us")?);
        Ok(Self { database, child, asks, answers })
    }

    /// Runs a statement, and gives what it answers.
    pub fn run(&mut self, statement: &str) -> Result<String> {
        writeln!(self.asks, "{statement};\n\\echo {DONE}")?;
        self.asks.flush()?;
        let mut answer = String::new();
        loop {
            let start = answer.len();
            if self.answers.read_line(&mut answer)? == 0 {
                bail!("psql ended at: {statement}");
            }
            if answer[start..].trim_end() == DONE {
                answer.truncate(start);
                return Ok(answer.trim().to_owned());
            }
        }
    }

    /// What work costs the database, and what the work gives.
    pub fn cost_of<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<(T, Cost)> {
        let wal = self.wal_bytes()?;
        let (cpu, started) = (self.database.cpu()?, Instant::now());
        let given = work(self)?;
        let wall = started.elapsed();
        let cpu = self.database.cpu()? - cpu;
        Ok((given, Cost { cpu, wal_bytes: self.wal_bytes()? - wal, wall }))
    }

    fn wal_bytes(&mut self) -> Result<u64> {
        self.run("select pg_current_wal_insert_lsn() - '0/0'")?.parse().context("a place in the log is a number")
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // Nothing of it is kept, and nothing is to be done if it has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
