//! The frontend crate: Rust to wasm, wasm to a module the browser can import.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::glue;
use crate::step::command;
use crate::workspace::{Profile, cargo, root, site_pkg, target};

const TRIPLE: &str = "wasm32-unknown-unknown";

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

/// The worker that all open pages share.
pub fn news_worker() -> PathBuf {
    root().join("frontend/news.js")
}

/// Writes `frontend.js` and `frontend_bg.wasm`, the names leptos links to, and the worker beside them.
pub fn bind(wasm: &Path, profile: Profile) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("frontend").typescript(false);
    // The producers section is only of use to tool statistics, and names to whoever reads a panic: they are half of the
    // module. What `wasm-opt -Oz` would take away beyond that is 2 % of the download; its Debian version (108) exports the
    // wrong table of a module that has two, so it is left out.
    let is_release = profile == Profile::Release;
    bindgen.web(true)?.remove_producers_section(true).remove_name_section(is_release).omit_default_module_path(false);
    bindgen.generate(site_pkg())?;
    let path = site_pkg().join("frontend.js");
    let script = fs::read_to_string(&path)?;
    fs::write(path, glue::without_comments(&script)).context("could not write frontend.js")?;
    fs::copy(news_worker(), site_pkg().join("news.js")).context("could not write news.js")?;
    Ok(())
}
