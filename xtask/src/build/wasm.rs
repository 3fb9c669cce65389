//! The frontend crate: Rust to wasm, wasm to a module the browser can import, then as small as it gets.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::glue;
use crate::step::{command, is_installed};
use crate::workspace::{Profile, cargo, is_ci, site_pkg, target};

const TRIPLE: &str = "wasm32-unknown-unknown";

/// The wasm features rustc 1.95 emits. wasm-opt rejects what it is not told about, and `--all-features` would let it
/// use instructions that browsers of the last two years do not have.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Compiles the frontend and returns the path of cargo's output.
pub fn compile(profile: Profile) -> Result<PathBuf> {
    let cargo_profile = profile.of_frontend();
    command(cargo().args(["build", "--package", "frontend", "--target", TRIPLE, "--profile", cargo_profile]))?;
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => cargo_profile,
    };
    Ok(target().join(TRIPLE).join(folder).join("frontend.wasm"))
}

/// Writes `frontend.js` and `frontend_bg.wasm`, the names leptos links to.
pub fn bind(wasm: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("frontend").typescript(false);
    // The producers section is only of use to tool statistics. Names stay until `shrink`, so that dev panics read well.
    bindgen.web(true)?.remove_producers_section(true).omit_default_module_path(false);
    bindgen.generate(site_pkg())?;
    let path = site_pkg().join("frontend.js");
    let script = fs::read_to_string(&path)?;
    fs::write(path, glue::without_comments(&script)).context("could not write frontend.js")
}

/// Optimises the module for size; a third of what the browser downloads goes away here.
pub fn shrink(profile: Profile) -> Result<()> {
    if profile == Profile::Dev {
        println!("   skipped: only the release is shrunk");
        return Ok(());
    }
    if !is_installed("wasm-opt", &[]) {
        let advice = "wasm-opt is missing; install Debian's `binaryen` (./install does)";
        if is_ci() {
            bail!("{advice}");
        }
        println!("   warning: {advice}. The page's code is a third larger without it.");
        return Ok(());
    }
    let path = site_pkg().join("frontend_bg.wasm");
    command(Command::new("wasm-opt").arg("-Oz").args(WASM_FEATURES).arg(&path).arg("-o").arg(&path))
}
