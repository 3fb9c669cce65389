//! `cargo xtask lint`: everything that is checked without running the product.

use std::process::Command;

use anyhow::Result;

use crate::step::{command, step};
use crate::workspace::cargo;

/// Formatting, clippy for both sides, documentation links. Licences and house rules are tests: see `server/tests/tidy`.
pub fn run() -> Result<()> {
    step("lint: formatting", || {
        command(cargo().args(["fmt", "--all", "--check"]))?;
        command(cargo().args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]))
    })?;
    step("lint: clippy, server side", || clippy(&["--all-targets"]))?;
    step("lint: clippy, browser side", || clippy(&["--package", "frontend", "--target", "wasm32-unknown-unknown"]))?;
    step("lint: documentation", || command(offline().args(["doc", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings")))
}

fn clippy(arguments: &[&str]) -> Result<()> {
    command(offline().arg("clippy").args(arguments).args(["--", "-D", "warnings"]))
}

fn offline() -> Command {
    let mut cargo = cargo();
    cargo.env("SQLX_OFFLINE", "true");
    cargo
}
