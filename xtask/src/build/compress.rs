//! A `.gz` and a `.br` beside every file the browser loads, so the server never compresses the same bytes twice.
//!
//! Both are needed: Chromium asks for brotli over https only.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use brotli::CompressorWriter;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::workspace::{Profile, site_pkg};

/// What every page loads.
pub const ASSETS: [&str; 4] = ["frontend_bg.wasm", "frontend.js", "news.js", "main.css"];

/// What one page may load in wasm, JavaScript and CSS, gzipped: half of what comparable dashboards ship, and under a
/// second on a 3 Mbit/s line. A release that exceeds it is not built.
pub const PAGE_CODE_BYTES_MAX: usize = 350_000;

/// The size brotli's own examples use; it only changes how often the encoder is called.
const BROTLI_BUFFER_BYTES: usize = 4096;

/// Writes the compressed copies and prints the sizes.
pub fn siblings(profile: Profile) -> Result<()> {
    let mut gzipped_total = 0;
    println!("   {:<20} {:>10} {:>10} {:>10}", "bytes", "raw", "gzip", "brotli");
    for name in ASSETS {
        let path = site_pkg().join(name);
        let bytes = fs::read(&path)?;
        let gzipped = write_sibling(&path, "gz", &gzip(&bytes, profile)?)?;
        let brotlied = write_sibling(&path, "br", &brotli(&bytes, profile)?)?;
        println!("   {name:<20} {:>10} {gzipped:>10} {brotlied:>10}", bytes.len());
        gzipped_total += gzipped;
    }
    println!("   a page's code, gzipped: {gzipped_total} bytes, limit {PAGE_CODE_BYTES_MAX}");
    if profile == Profile::Release && gzipped_total >= PAGE_CODE_BYTES_MAX {
        bail!("a page's code is {} bytes over its limit", gzipped_total - PAGE_CODE_BYTES_MAX);
    }
    Ok(())
}

fn write_sibling(path: &Path, extension: &str, bytes: &[u8]) -> Result<usize> {
    let mut sibling = path.as_os_str().to_owned();
    sibling.push(".");
    sibling.push(extension);
    fs::write(sibling, bytes)?;
    Ok(bytes.len())
}

/// A release is compressed once and loaded often: zopfli takes half a minute and a twentieth off.
fn gzip(bytes: &[u8], profile: Profile) -> Result<Vec<u8>> {
    if profile == Profile::Release {
        let mut compressed = Vec::new();
        zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes, &mut compressed)?;
        return Ok(compressed);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn brotli(bytes: &[u8], profile: Profile) -> Result<Vec<u8>> {
    let quality = if profile == Profile::Release { 11 } else { 1 };
    let params = BrotliEncoderParams { quality, ..BrotliEncoderParams::default() };
    let mut compressed = Vec::new();
    CompressorWriter::with_params(&mut compressed, BROTLI_BUFFER_BYTES, &params).write_all(bytes)?;
    Ok(compressed)
}
