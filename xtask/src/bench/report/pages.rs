//! The section on pages.

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use anyhow::Result;

use super::setting;
use crate::bench::pages::Look;
use crate::build::compress::{ASSETS, PAGE_CODE_BYTES_MAX};
use crate::workspace::site_pkg;

/// What was measured.
pub struct Pages {
    pub with_demo: Look,
    pub with_more: Look,
    pub version: String,
}

/// The section as Markdown.
pub fn pages(figures: &Pages) -> Result<String> {
    let mut text = format!("\n{}\n", setting(&figures.version)?);
    look(&mut text, "Pages, with the demo data", &figures.with_demo)?;
    look(&mut text, "Pages, with 600 000 spans more", &figures.with_more)?;
    code(&mut text)?;
    Ok(text)
}

fn look(text: &mut String, title: &str, look: &Look) -> Result<()> {
    let rows: Vec<_> = look.rows.iter().map(|(table, count)| format!("{count} in `{table}`")).collect();
    writeln!(text, "\n### {title}\n\nRows: {}.\n", rows.join(", "))?;
    writeln!(text, "| page | rendered, median ms | p95 ms | first contentful paint, median ms | HTML bytes |")?;
    writeln!(text, "|---|---:|---:|---:|---:|")?;
    for page in &look.pages {
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        writeln!(
            text,
            "| {} | {:.1} | {:.1} | {:.0} | {} |",
            page.name,
            ms(page.render_median),
            ms(page.render_p95),
            ms(page.paint_median),
            page.html_bytes
        )?;
    }
    Ok(())
}

fn code(text: &mut String) -> Result<()> {
    writeln!(text, "\n### A page's code\n\n| file | raw | gzip | brotli |\n|---|---:|---:|---:|")?;
    let bytes = |name: &str| fs::metadata(site_pkg().join(name)).map(|file| file.len());
    let mut gzipped = 0;
    for name in ASSETS {
        let (raw, gzip, brotli) = (bytes(name)?, bytes(&format!("{name}.gz"))?, bytes(&format!("{name}.br"))?);
        writeln!(text, "| {name} | {raw} | {gzip} | {brotli} |")?;
        gzipped += gzip;
    }
    writeln!(text, "\nTogether {gzipped} bytes gzipped; the limit is {PAGE_CODE_BYTES_MAX}.\n")?;
    Ok(())
}
