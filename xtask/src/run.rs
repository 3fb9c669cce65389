//! `cargo xtask run`: build, then become the server.

use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::build;
use crate::workspace::{Profile, server_binary};

/// What to start.
#[derive(Args)]
pub struct Options {
    /// Builds without optimisation: quicker to compile after an edit, several times slower to use.
    #[arg(long)]
    dev: bool,
    /// Passed to the server, for example `serve` or `demo`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds, then replaces this process by the server: Ctrl-C and the exit code are the server's own, with nothing in
/// between that could die first.
pub fn run(options: &Options) -> Result<()> {
    let profile = Profile::from_switch(!options.dev);
    build::assets(profile)?;
    build::server(profile)?;
    let binary = server_binary(profile);
    let arguments = if options.arguments.is_empty() { vec!["serve".to_owned()] } else { options.arguments.clone() };
    println!("== {} {}", binary.display(), arguments.join(" "));
    Err(Command::new(&binary).args(arguments).exec()).with_context(|| format!("could not start {}", binary.display()))
}
