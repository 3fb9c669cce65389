//! Sees to it that assets built after the server are found by it.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/site/pkg");
    // `rust_embed` settles where the folder is when it compiles, which it can only do for one that exists.
    std::fs::create_dir_all(&assets)?;
    println!("cargo::rerun-if-changed=build.rs");
    // A release build has the assets in it; a development build reads them from the folder when asked.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", assets.display());
    }
    Ok(())
}
