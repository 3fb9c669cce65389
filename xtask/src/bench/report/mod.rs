//! Figures as Markdown, in docs/BENCHMARKS.md between two marks per section; the words around them are written by hand.

mod alerts;
mod ingest;
mod pages;
mod queries;
mod trace;

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

pub use alerts::{Alerts, alerts};
pub use ingest::{Ingest, ingest};
pub use pages::{Pages, pages};
pub use queries::{Queries, queries};
pub use trace::{Trace, trace};

use crate::workspace::root;

/// Prints a section and, unless that is all, puts it into the document between its marks.
pub fn write(section: &str, text: &str, dry_run: bool) -> Result<()> {
    println!("{text}");
    if dry_run {
        return Ok(());
    }
    let (begin, end) =
        (format!("<!-- written by `cargo xtask bench {section}` -->\n"), format!("<!-- end of {section} -->\n"));
    let path = root().join("docs/BENCHMARKS.md");
    let document = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    let lost = || format!("docs/BENCHMARKS.md has lost a mark around {section}");
    let (before, rest) = document.split_once(&begin).with_context(lost)?;
    let (_, after) = rest.split_once(&end).with_context(lost)?;
    Ok(fs::write(path, format!("{before}{begin}{text}{end}{after}"))?)
}

/// Where and what was measured, as a sentence.
fn setting(postgres: &str) -> Result<String> {
    Ok(format!("Measured on {}, {}.", machine()?, software(postgres)?))
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
