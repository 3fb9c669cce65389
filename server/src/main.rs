//! The binary: parses what it is asked to do and does it.

use std::process::ExitCode;

use clap::Parser;
use server::command::Cli;

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
