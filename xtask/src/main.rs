//! Everything a developer types: build, run, test, benchmark. Called as `cargo xtask …`; the Makefile and CI end here too.
//!
//! Each subcommand is one module with one `run`. To add a subcommand: a module, a variant of [`Task`], a line in `main`.

mod bench;
mod build;
mod fuzz;
mod lint;
mod run;
mod sqlx_prepare;
mod step;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, runs and checks Tracetab.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Builds the browser code, the style sheet and the server.
    Build(build::Options),
    /// Builds, then starts the server in this terminal; what follows `--` goes to the server.
    Run(run::Options),
    /// Runs every test: Rust, the freshness of the query data, and the browser tests.
    Test(test::Options),
    /// Checks what can be checked without running anything: formatting, clippy, documentation.
    Lint,
    /// Feeds every decoder bytes nobody thought of, a minute each; fails when one of them stumbles.
    Fuzz(fuzz::Options),
    /// Measures the release server and writes the figures into docs/BENCHMARKS.md.
    Bench(bench::Options),
    /// Regenerates `.sqlx`, the query data that lets the workspace build without a database.
    SqlxPrepare(sqlx_prepare::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Build(options) => build::run(&options),
        Task::Run(options) => run::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Lint => lint::run(),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::SqlxPrepare(options) => sqlx_prepare::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
