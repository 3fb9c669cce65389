//! `cargo xtask bench`: measures the release server and writes the figures into docs/BENCHMARKS.md.
//!
//! What is compared is measured in turns within one run, because figures of different runs on a shared machine cannot be
//! compared. CPU seconds are the figures to trust; wall times are printed where a person waits for them.

mod against;
mod alerts;
mod ceilings;
mod corpus;
mod cpu;
mod database;
mod http;
mod ingest;
mod load;
mod pages;
mod protobuf;
mod queries;
mod report;
mod server;
mod session;
mod trace;

use std::env;
use std::process::Command;
use std::time::Instant;

use anyhow::Result;
use clap::{Args, ValueEnum};

use self::database::Database;
use self::server::{Quiet, Server};
use crate::build;
use crate::step::{command, step};
use crate::workspace::{Profile, root, server_binary};

/// Spans that are asked about: what a month of a small company leaves.
const QUERIED_SPANS: u64 = 2_100_000;

/// How much to measure.
#[derive(Args)]
pub struct Options {
    /// What: everything, unless one is named.
    #[arg(value_enum)]
    what: Option<What>,
    /// Rounds of ingest and COPY in turns.
    #[arg(long, default_value_t = 5)]
    rounds: u64,
    /// Spans per round.
    #[arg(long, default_value_t = 100_000)]
    spans: u64,
    /// Times each page is asked for.
    #[arg(long, default_value_t = 60)]
    requests: usize,
    /// Spans of the largest trace that is opened.
    #[arg(long, default_value_t = 1_000_000)]
    trace_spans_max: u64,
    /// Prints the figures and leaves docs/BENCHMARKS.md as it is.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// A span's way in.
    Ingest,
    /// Pages.
    Pages,
    /// Questions to totals and to spans.
    Queries,
    /// One trace of any size.
    Trace,
    /// Looks at many rules.
    Alerts,
}

/// Measures and reports.
pub fn run(options: &Options) -> Result<()> {
    if env::var_os("DATABASE_URL").is_none() {
        build::assets(Profile::Release)?;
        build::server(Profile::Release)?;
        // Each in a database of its own, so that what one stores does not slow the other.
        let all = [
            (What::Ingest, "ingest"),
            (What::Pages, "pages"),
            (What::Queries, "queries"),
            (What::Trace, "trace"),
            (What::Alerts, "alerts"),
        ];
        let mut chosen = all.into_iter().filter(|(what, _)| options.what.is_none_or(|only| only == *what));
        return chosen.try_for_each(|(_, name)| again_with_postgres(name));
    }
    let database = Database::from_environment()?;
    match options.what {
        Some(What::Pages) => measure_pages(options, &database),
        Some(What::Queries) => measure_queries(options, &database),
        Some(What::Trace) => measure_trace(options, &database),
        Some(What::Alerts) => measure_alerts(options, &database),
        _ => measure_ingest(options, &database),
    }
}

fn measure_ingest(options: &Options, database: &Database) -> Result<()> {
    let binary = server_binary(Profile::Release);
    // The first start makes the tables.
    drop(Server::start(&binary, Quiet::SHORT, &[])?);
    let started = Instant::now();
    let server = Server::start(&binary, Quiet::SHORT, &[])?;
    load::send(&server.url, 1, &[corpus::request(u64::MAX, 0, 1, 1 << 60)])?;
    let first_span = started.elapsed();
    drop(server);
    let rules = root().join("xtask/src/bench/rules");
    let server = Server::start(&binary, Quiet::SHORT, &[("TRACETAB_RULES", &rules.to_string_lossy())])?;
    server.settle(database)?;
    let idle_bytes = server.memory_bytes()?;
    let untrained = ingest::compression(&server)?;
    let rounds = step("ingest, as people would load it", || ingest::rounds(options, &server, database))?;
    let peak_bytes = server.peak_memory_bytes()?;
    drop(server);
    let alone = Server::start(&binary, Quiet::LONG, &[("TRACETAB_INGEST_WRITERS", "1")])?;
    let against = || database.without_autovacuum(|| against::rounds(options, &alone, database));
    let against = step("ingest, against PostgreSQL alone", against)?;
    let version = database.version()?;
    let figures = report::Ingest { rounds, against, untrained, idle_bytes, peak_bytes, first_span, version };
    report::write("ingest", &report::ingest(&figures)?, options.dry_run)
}

fn measure_pages(options: &Options, database: &Database) -> Result<()> {
    let server = Server::start(&server_binary(Profile::Release), Quiet::SHORT, &[])?;
    step("demo data", || {
        server.load_demo()?;
        server.settle(database)
    })?;
    let look = || -> Result<_> { Ok(pages::Look { rows: database.rows()?, pages: pages::measure(options, &server)? }) };
    let with_demo = step("pages, with the demo data", look)?;
    step("600 000 spans more", || ingest::load_for_pages(&server, database))?;
    let with_more = step("pages, with all that as well", look)?;
    let figures = report::Pages { with_demo, with_more, version: database.version()? };
    report::write("pages", &report::pages(&figures)?, options.dry_run)
}

fn measure_queries(options: &Options, database: &Database) -> Result<()> {
    let server = Server::start(&server_binary(Profile::Release), Quiet::SHORT, &[])?;
    step("two million spans of thirty days", || queries::load(&server, database, QUERIED_SPANS))?;
    let questions = step("questions", || queries::measure(options, &server, database))?;
    let figures = report::Queries { rows: database.rows()?, questions, version: database.version()? };
    report::write("queries", &report::queries(&figures)?, options.dry_run)
}

fn measure_trace(options: &Options, database: &Database) -> Result<()> {
    let server = Server::start(&server_binary(Profile::Release), Quiet::SHORT, &[])?;
    trace::prepare()?;
    let sizes = trace::SIZES.into_iter().filter(|size| *size <= options.trace_spans_max);
    let measure = |size| step(&format!("a trace of {size} spans"), || trace::measure(&server, database, size));
    let openings = sizes.map(measure).collect::<Result<Vec<_>>>()?;
    let peak_bytes = server.peak_memory_bytes()?;
    let given_back_bytes = step("nobody looks at a trace", || trace::given_back(&server))?;
    let figures = report::Trace { openings, peak_bytes, given_back_bytes, version: database.version()? };
    report::write("trace", &report::trace(&figures)?, options.dry_run)
}

fn measure_alerts(options: &Options, database: &Database) -> Result<()> {
    let rules = alerts::rules()?;
    let start = || {
        let rules = rules.to_string_lossy();
        Server::start(&server_binary(Profile::Release), Quiet::SHORT, &[("TRACETAB_RULES", &rules)])
    };
    step("ten thousand series", || alerts::load(&start()?, database))?;
    let server = start()?;
    let looked = step("looks at two hundred rules", || alerts::measure(&server, database))?;
    std::fs::remove_dir_all(rules)?;
    let figures = report::Alerts { looked, version: database.version()? };
    report::write("alerts", &report::alerts(&figures)?, options.dry_run)
}

/// Starts this task once more, with the same words, where DATABASE_URL names a private Postgres.
fn again_with_postgres(what: &str) -> Result<()> {
    let mut again = Command::new(server_binary(Profile::Release));
    let words = env::args_os().skip(1).filter(|word| word != what);
    again.args(["with-postgres", "--"]).arg(env::current_exe()?).args(words).arg(what);
    command(&mut again)
}
