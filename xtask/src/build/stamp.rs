//! Whether the browser's files still match what they are made from, so that a second start skips them.

use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::{Profile, root, site_pkg};

/// A fingerprint of everything `target/site/pkg` is made from.
pub struct Stamp(String);

impl Stamp {
    /// Fingerprints the compiled wasm, the style sheets and this program's own choices.
    pub fn of(wasm: &Path, profile: Profile) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        profile.of_frontend().hash(&mut hasher);
        // This program decides how files are made, so its own binary is an input.
        let own = std::env::current_exe()?;
        let mut inputs = vec![wasm.to_path_buf(), own, super::wasm::news_worker()];
        inputs.extend(style_sheets(&root().join("style"))?);
        for input in inputs {
            input.hash(&mut hasher);
            fs::read(&input).with_context(|| format!("could not read {}", input.display()))?.hash(&mut hasher);
        }
        Ok(Self(format!("{:016x}", hasher.finish())))
    }

    /// Whether the files were made from exactly these inputs.
    pub fn is_current(&self) -> bool {
        fs::read_to_string(path()).is_ok_and(|written| written == self.0)
    }

    /// Remembers that the files are made from these inputs.
    pub fn write(&self) -> Result<()> {
        Ok(fs::write(path(), &self.0)?)
    }
}

/// Outside `site`, so that it is not embedded in the server.
fn path() -> PathBuf {
    site_pkg().join("../../site.stamp")
}

fn style_sheets(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut sheets = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("could not list {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sheets.push(path);
            }
        }
    }
    sheets.sort();
    Ok(sheets)
}
