//! The section on opening one trace.

use std::fmt::Write;

use anyhow::Result;

use super::setting;
use crate::bench::trace::Opening;

/// What was measured.
pub struct Trace {
    pub openings: Vec<Opening>,
    pub peak_bytes: u64,
    pub given_back_bytes: u64,
    pub version: String,
}

/// A figure with its name in `opening.mjs`, its head in the table, and what it is divided by.
const COLUMNS: [(&str, &str, f64); 10] = [
    ("server_ms", "server, ms", 1.0),
    ("html_bytes", "HTML on the wire, kB", 1e3),
    ("wire_bytes", "all on the wire, kB", 1e3),
    ("rows_ms", "first rows, ms", 1.0),
    ("interactive_ms", "interactive, ms", 1.0),
    ("heap_bytes", "heap with wasm, MB", 1e6),
    ("scroll_fps", "scrolling, frames/s", 1.0),
    ("scroll_p95_ms", "its p95 frame, ms", 1.0),
    ("zoom_fps", "zooming, frames/s", 1.0),
    ("zoom_p95_ms", "its p95 frame, ms", 1.0),
];

/// A bar: the size, the figure, at most or at least so much.
const BARS: [(u64, &str, f64, bool); 8] = [
    (20, "rows_ms", 300.0, true),
    (50_000, "rows_ms", 600.0, true),
    (1_000_000, "rows_ms", 2_000.0, true),
    (20, "interactive_ms", 600.0, true),
    (50_000, "interactive_ms", 1_000.0, true),
    (50_000, "heap_bytes", 60e6, true),
    (20, "wire_bytes", 350e3, true),
    (50_000, "wire_bytes", 1.5e6, true),
];

/// Frames a second, of every size and either way to move.
const FRAMES_MIN: f64 = 50.0;

/// The section as Markdown.
pub fn trace(figures: &Trace) -> Result<String> {
    let mut text = format!("\n{}\n\n", setting(&figures.version)?);
    let heads: Vec<_> = COLUMNS.iter().map(|(_, head, _)| *head).collect();
    writeln!(
        text,
        "| spans | laid out and sent the first time, ms | {} | server's memory, MB | load |",
        heads.join(" | ")
    )?;
    writeln!(text, "|---:|{}", "---:|".repeat(COLUMNS.len() + 3))?;
    for opening in &figures.openings {
        let figure = |name: &str| opening.figures.get(name).copied();
        let cell = |(name, _, unit): &(&str, &str, f64)| {
            figure(name).map_or("".to_owned(), |value| format!("{:.0}", value / unit))
        };
        let cells: Vec<_> = COLUMNS.iter().map(cell).collect();
        let (before, after) = opening.server_bytes;
        writeln!(
            text,
            "| {} | {} | {} | {:.0} → {:.0} | {:.1} |",
            opening.spans,
            opening.first_page.as_millis(),
            cells.join(" | "),
            before as f64 / 1e6,
            after as f64 / 1e6,
            opening.load
        )?;
    }
    writeln!(text, "\n| bar | measured | wanted | |\n|---|---:|---:|---|")?;
    let frames = figures
        .openings
        .iter()
        .flat_map(|opening| ["scroll_fps", "zoom_fps"].map(|name| (opening.spans, name, FRAMES_MIN, false)));
    for (spans, name, wanted, at_most) in BARS.into_iter().chain(frames) {
        let opening = figures.openings.iter().find(|opening| opening.spans == spans);
        let Some(value) = opening.and_then(|opening| opening.figures.get(name)) else { continue };
        let Some((_, head, unit)) = COLUMNS.iter().find(|(column, ..)| *column == name) else { continue };
        let (sign, holds) = if at_most { ("≤", *value <= wanted) } else { ("≥", *value >= wanted) };
        let verdict = if holds { "holds" } else { "**missed**" };
        writeln!(text, "| {spans} spans: {head} | {:.0} | {sign} {:.0} | {verdict} |", value / unit, wanted / unit)?;
    }
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    writeln!(
        text,
        "\nThe server took {:.0} MB at its highest, ingest of the largest trace included, and {:.0} MB once nobody had looked at a trace for two \
         minutes.\n",
        megabytes(figures.peak_bytes),
        megabytes(figures.given_back_bytes)
    )?;
    Ok(text)
}
