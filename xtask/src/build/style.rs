//! The style sheet: `style/main.css` and all it imports, as one minified file.

use std::fs;
use std::path::Path;

use anyhow::{Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Targets};

use crate::workspace::{Profile, root, site_pkg};

/// The oldest browsers served as designed, by the first version with CSS nesting flattened for them and `color-mix`
/// of their own. The number is `major << 16 | minor << 8`.
const OLDEST: Browsers = Browsers {
    android: None,
    chrome: Some(111 << 16),
    edge: Some(111 << 16),
    firefox: Some(113 << 16),
    ie: None,
    ios_saf: Some(16 << 16 | 4 << 8),
    opera: None,
    safari: Some(16 << 16 | 4 << 8),
    samsung: None,
};

/// Writes `main.css`.
pub fn bundle(profile: Profile) -> Result<()> {
    let entry = root().join("style/main.css");
    if !entry.exists() {
        bail!("{} is missing: it imports every style sheet of the product", entry.display());
    }
    let css = compile(&entry, profile == Profile::Release)?;
    Ok(fs::write(site_pkg().join("main.css"), css)?)
}

/// Bundles a style sheet; the errors of lightningcss borrow the source, so they leave as text.
fn compile(entry: &Path, minify: bool) -> Result<String> {
    let files = FileProvider::new();
    let targets = Targets::from(OLDEST);
    let mut sheet = Bundler::new(&files, None, ParserOptions::default())
        .bundle(entry)
        .map_err(|error| anyhow!("style sheet: {error}"))?;
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("style sheet: {error}"))?;
    let printed = sheet
        .to_css(PrinterOptions { minify, targets, ..PrinterOptions::default() })
        .map_err(|error| anyhow!("style sheet: {error}"))?;
    Ok(printed.code)
}
