//! `cargo xtask build`: the browser's files into `target/site/pkg`, then the server that embeds them.
//!
//! The order is fixed: wasm, style sheet, compression, server. The frontend and the server are separate cargo
//! invocations on purpose: one invocation would unify `app/hydrate` with `app/ssr`, and the server would panic on its
//! first page.

pub mod compress;
mod glue;
mod stamp;
mod style;
mod wasm;

use anyhow::Result;
use clap::Args;

use crate::step::{command, step};
use crate::workspace::{Profile, cargo, site_pkg};

/// What to build.
#[derive(Args)]
pub struct Options {
    /// Builds what ships: optimised, small, every asset embedded in the binary.
    #[arg(long)]
    release: bool,
    /// Builds only the browser's files, not the server.
    #[arg(long)]
    assets_only: bool,
}

/// Builds as the options say.
pub fn run(options: &Options) -> Result<()> {
    let profile = Profile::from_switch(options.release);
    assets(profile)?;
    if !options.assets_only {
        server(profile)?;
    }
    Ok(())
}

/// Everything the browser loads.
pub fn assets(profile: Profile) -> Result<()> {
    let wasm = step("browser code: compile to wasm", || wasm::compile(profile))?;
    let inputs = stamp::Stamp::of(&wasm, profile)?;
    if inputs.is_current() {
        println!("   browser files are up to date");
        return Ok(());
    }
    std::fs::create_dir_all(site_pkg())?;
    step("browser code: bind to JavaScript", || wasm::bind(&wasm, profile))?;
    step("style sheet", || style::bundle(profile))?;
    step("compressed copies", || compress::siblings(profile))?;
    inputs.write()
}

/// The server with everything it embeds.
pub fn server(profile: Profile) -> Result<()> {
    step("server", || {
        command(cargo().args(["build", "--package", "server", "--bin", "tracetab", "--profile", profile.of_server()]))
    })
}
