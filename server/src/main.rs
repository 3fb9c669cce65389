//! The binary: parses what it is asked to do and does it.

use std::process::ExitCode;

use clap::Parser;
use server::command::Cli;

/// A span passes through as a few dozen short-lived pieces: the system's allocator spends a tenth of the server's time on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Not async: the private Postgres has to be started before there is a runtime (see `server::postgres`).
    match server::command::run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("tracetab: {}", server::causes::of(&error));
            ExitCode::FAILURE
        }
    }
}
