//! `cargo xtask bench`: measures the release server and writes the figures into docs/BENCHMARKS.md.
//!
//! What is compared is measured in turns within one run, because figures of different runs on a shared machine cannot be
//! compared. CPU seconds are the figures to trust; wall times are printed where a person waits for them.

mod cpu;
mod database;
mod http;
mod ingest;
mod otlp;
mod pages;
mod report;
mod server;

use std::env;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use self::database::Database;
use self::server::Server;
use crate::build;
use crate::step::{command, step};
use crate::workspace::{Profile, server_binary};

/// How much to measure.
#[derive(Args)]
pub struct Options {
    /// Rounds of ingest and COPY in turns.
    #[arg(long, default_value_t = 5)]
    rounds: u64,
    /// Spans per round.
    #[arg(long, default_value_t = 100_000)]
    spans: u64,
    /// Times each page is asked for.
    #[arg(long, default_value_t = 60)]
    requests: usize,
    /// Prints the figures and leaves docs/BENCHMARKS.md as it is.
    #[arg(long)]
    dry_run: bool,
}

/// Measures and reports.
pub fn run(options: &Options) -> Result<()> {
    if env::var_os("DATABASE_URL").is_none() {
        build::assets(Profile::Release)?;
        build::server(Profile::Release)?;
        return again_with_postgres();
    }
    let database = Database::from_environment()?;
    let server = Server::start(&server_binary(Profile::Release))?;
    step("demo data", || {
        server.load_demo()?;
        server.settle(&database)
    })?;
    let pages =
        || -> Result<_> { Ok(pages::Look { rows: database.rows()?, pages: pages::measure(options, &server)? }) };
    let with_demo = step("pages, with the demo data", pages)?;
    let ingest = step("ingest against COPY", || ingest::measure(options, &server, &database))?;
    let with_more = step("pages, with all that as well", pages)?;
    let figures = report::Figures { ingest, with_demo, with_more, version: database.version()? };
    report::write(&figures, options.dry_run)
}

/// Starts this task once more, with the same words, where DATABASE_URL names a private Postgres.
fn again_with_postgres() -> Result<()> {
    let mut again = Command::new(server_binary(Profile::Release));
    again.args(["with-postgres", "--"]).arg(env::current_exe()?).args(env::args_os().skip(1));
    command(&mut again)
}
