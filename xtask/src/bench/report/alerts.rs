//! The section on rules of alerts.

use std::fmt::Write;

use anyhow::Result;

use super::setting;
use crate::bench::alerts::{Looked, RULES, SERIES};

/// Seconds of looking that a minute may have.
const SECONDS_MAX: f64 = 5.0;

/// Memory of the server meanwhile, in MiB.
const MEMORY_MAX: f64 = 100.0;

/// What was measured.
pub struct Alerts {
    pub looked: Looked,
    pub version: String,
}

/// The section as Markdown.
pub fn alerts(figures: &Alerts) -> Result<String> {
    let Looked { seconds_per_minute, rounds, cpu_per_minute, peak_bytes } = &figures.looked;
    let mut text = format!("\n{}\n\n", setting(&figures.version)?);
    writeln!(text, "{RULES} rules, {SERIES} series with spans in the window, 1 000 spans a second.\n")?;
    writeln!(text, "| | measured | bar | |")?;
    writeln!(text, "|---|---:|---:|---|")?;
    let verdict = |holds: bool| if holds { "holds" } else { "**missed**" };
    let looking: f64 = seconds_per_minute.iter().map(|(_, seconds)| seconds).sum();
    let memory = *peak_bytes as f64 / 1024.0 / 1024.0;
    writeln!(
        text,
        "| seconds of looking per minute | {looking:.1} | ≤ {SECONDS_MAX} | {} |",
        verdict(looking <= SECONDS_MAX)
    )?;
    writeln!(
        text,
        "| server's memory at its highest, MiB | {memory:.0} | ≤ {MEMORY_MAX} | {} |",
        verdict(memory <= MEMORY_MAX)
    )?;
    writeln!(text)?;
    for ((job, seconds), (_, rounds)) in seconds_per_minute.iter().zip(rounds) {
        writeln!(text, "- `{job}`: {seconds:.1} s per minute, {rounds} rounds")?;
    }
    writeln!(
        text,
        "- CPU of server and PostgreSQL in all, with taking the spans: {:.1} s per minute\n",
        cpu_per_minute.as_secs_f64()
    )?;
    Ok(text)
}
