//! `cargo xtask test`: the whole test-suite, each part against a private Postgres that lives as long as it runs.

use std::env;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::build;
use crate::step::{command, is_installed, step};
use crate::workspace::{Profile, root, server_binary};

/// Which tests.
#[derive(Args)]
pub struct Options {
    /// Leaves the browser tests out.
    #[arg(long)]
    no_browser: bool,
}

/// Builds what the tests need, then runs them from the cheapest to the dearest.
pub fn run(options: &Options) -> Result<()> {
    build::assets(Profile::Dev)?;
    build::server(Profile::Dev)?;
    step("tests: query data", || command(with_postgres().arg(env::current_exe()?).args(["sqlx-prepare", "--check"])))?;
    step("tests: Rust", rust)?;
    if !options.no_browser {
        step("tests: browser", browser)?;
    }
    Ok(())
}

/// Every test of the default members; the frontend is none of them, so it is never unified with the server here.
/// nextest runs each test in a process of its own and says which one hung; cargo's own runner also works.
fn rust() -> Result<()> {
    let has_nextest = is_installed("cargo", &["nextest"]);
    let runner: &[&str] = if has_nextest { &["cargo", "nextest", "run"] } else { &["cargo", "test"] };
    command(with_postgres().args(runner).env("SQLX_OFFLINE", "true"))
}

/// Playwright against servers that the tests start themselves, each with the private Postgres a user would get.
fn browser() -> Result<()> {
    command(npm().args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    command(npm().arg("test").env_remove("DATABASE_URL").env("TRACETAB_BIN", server_binary(Profile::Dev)))
}

fn npm() -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(root().join("end2end"));
    npm
}

/// A command that runs what follows with DATABASE_URL naming a Postgres of its own. A DATABASE_URL that is already set
/// is meant for the server, not for tests, and is left out.
fn with_postgres() -> Command {
    let mut command = Command::new(server_binary(Profile::Dev));
    command.current_dir(root()).env_remove("DATABASE_URL").args(["with-postgres", "--"]);
    command
}
