//! The figures as Markdown, in docs/BENCHMARKS.md between two marks; the words around them are written by hand.

use std::fmt::Write;
use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::ingest::Round;
use super::pages::Look;
use crate::build::compress::{ASSETS, PAGE_CODE_BYTES_MAX};
use crate::workspace::{root, site_pkg};

const BEGIN: &str = "<!-- written by `cargo xtask bench` -->\n";
const END: &str = "<!-- end -->\n";

/// Everything measured.
pub struct Figures {
    pub ingest: Vec<Round>,
    pub with_demo: Look,
    pub with_more: Look,
    pub version: String,
}

/// Prints the figures and puts them into the document.
pub fn write(figures: &Figures, dry_run: bool) -> Result<()> {
    let text = markdown(figures)?;
    println!("{text}");
    if dry_run {
        return Ok(());
    }
    let path = root().join("docs/BENCHMARKS.md");
    let document = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let (before, rest) =
        document.split_once(BEGIN).context("docs/BENCHMARKS.md has lost the mark before the figures")?;
    let (_, after) = rest.split_once(END).context("docs/BENCHMARKS.md has lost the mark after the figures")?;
    Ok(fs::write(path, format!("{before}{BEGIN}{text}{END}{after}"))?)
}

fn markdown(figures: &Figures) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "\nMeasured on {}, {}.", machine()?, software(&figures.version)?)?;
    ingest(&mut text, &figures.ingest)?;
    pages(&mut text, "Pages, with the demo data", &figures.with_demo)?;
    pages(&mut text, "Pages, with the spans of the rounds above as well", &figures.with_more)?;
    code(&mut text)?;
    Ok(text)
}

fn ingest(text: &mut String, rounds: &[Round]) -> Result<()> {
    let spans = rounds.first().map_or(0, |round| round.spans);
    writeln!(text, "\n### A span's way in\n\nMedian of {} rounds of {spans} spans, CPU per span.\n", rounds.len())?;
    writeln!(text, "| part | µs per span |\n|---|---:|")?;
    let mut row = |name: &str, of: &dyn Fn(&Round) -> Duration| {
        let figure = median(rounds.iter().map(|round| of(round).as_secs_f64() * 1e6 / round.spans as f64));
        writeln!(text, "| {name} | {figure:.1} |")
    };
    row("server, until answered", &|round| round.server)?;
    row("PostgreSQL, until answered", &|round| round.postgres)?;
    row("both, afterwards (roll up, sum up traces)", &|round| round.afterwards)?;
    row("PostgreSQL, COPY of the same rows into the same indexes", &|round| round.copy)?;
    let in_database = median(rounds.iter().map(|round| round.postgres.as_secs_f64() / round.copy.as_secs_f64()));
    let whole =
        median(rounds.iter().map(|round| (round.server + round.postgres).as_secs_f64() / round.copy.as_secs_f64()));
    let rate = median(rounds.iter().map(|round| round.spans as f64 / round.wall.as_secs_f64()));
    writeln!(
        text,
        "\nAgainst COPY: PostgreSQL's part {in_database:.2} times, with the server's part {whole:.2} times."
    )?;
    writeln!(text, "Sender, server and database on the same cores: {rate:.0} spans per second.")?;
    Ok(())
}

fn pages(text: &mut String, title: &str, look: &Look) -> Result<()> {
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

fn machine() -> Result<String> {
    let cpus = fs::read_to_string("/proc/cpuinfo")?;
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or(": unknown processor");
    let cores = cpus.lines().filter(|line| line.starts_with("processor")).count();
    Ok(format!("{cores} cores of {}", model.trim_start_matches(['\t', ' ', ':'])))
}

fn software(postgres: &str) -> Result<String> {
    let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).current_dir(root()).output()?;
    Ok(format!("PostgreSQL {postgres}, Tracetab {}", String::from_utf8_lossy(&commit.stdout).trim()))
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
