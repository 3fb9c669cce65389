//! How long a page takes: to render on the server, and until a browser paints it.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::server::Server;
use super::{Options, http};
use crate::step::command;
use crate::workspace::root;

/// A page and its figures.
pub struct Page {
    /// As in the navigation.
    pub name: &'static str,
    /// Median from the request to the last byte of HTML.
    pub render_median: Duration,
    /// 95th percentile of the same.
    pub render_p95: Duration,
    /// Bytes of HTML, uncompressed.
    pub html_bytes: usize,
    /// Median first contentful paint in Chromium.
    pub paint_median: Duration,
}

/// What every page took with so many rows in the database.
pub struct Look {
    /// Rows by table.
    pub rows: Vec<(String, u64)>,
    /// The pages.
    pub pages: Vec<Page>,
}

/// Asks for every page many times, one after the other, then opens each in a browser.
pub fn measure(options: &Options, server: &Server) -> Result<Vec<Page>> {
    let addresses = addresses(&server.url)?;
    let paints = paints(&server.url, &addresses)?;
    addresses
        .into_iter()
        .map(|(name, path)| {
            let mut answers =
                (0..options.requests).map(|_| http::get(&server.url, &path)).collect::<Result<Vec<_>>>()?;
            answers.sort_by_key(|answer| answer.took);
            let at = |share: f64| answers[((answers.len() - 1) as f64 * share) as usize].took;
            let paint_median = paints.get(&path).copied().with_context(|| format!("{path} was not painted"))?;
            let page = Page {
                name,
                render_median: at(0.5),
                render_p95: at(0.95),
                html_bytes: answers[0].body.len(),
                paint_median,
            };
            println!(
                "   {name}: {:.1} ms, painted after {} ms",
                page.render_median.as_secs_f64() * 1e3,
                paint_median.as_millis()
            );
            Ok(page)
        })
        .collect()
}

/// The pages, with the dearest trace of the last day and the newest alert.
fn addresses(url: &str) -> Result<Vec<(&'static str, String)>> {
    let traces = http::get(url, "/api/v1/traces?from=-1d&order=cost&limit=1")?.body;
    let trace = field(&traces, "trace_id").context("the demo has a trace in the last day")?;
    let alerts = http::get(url, "/api/v1/alerts")?.body;
    let mut addresses: Vec<_> = [
        ("Overview", "/"),
        ("Traces", "/traces"),
        ("Map", "/map"),
        ("Costs", "/costs"),
        ("Alerts", "/alerts"),
        ("Ingest", "/ingest"),
        ("Settings", "/settings"),
    ]
    .map(|(name, path)| (name, path.to_owned()))
    .into();
    addresses.insert(2, ("One trace", format!("/traces/{trace}")));
    if let Some(alert) = field(&alerts, "id") {
        addresses.push(("One alert", format!("/alerts/{alert}")));
    }
    Ok(addresses)
}

/// The first value of a JSON member; enough for two ids, and no reason to bring a parser.
fn field(json: &str, name: &str) -> Option<String> {
    let (_, after) = json.split_once(&format!("\"{name}\":"))?;
    let value = after.trim_start().trim_start_matches('"');
    let end = value.find(|character: char| !character.is_ascii_alphanumeric())?;
    Some(value[..end].to_owned())
}

/// Median first contentful paint by path.
fn paints(url: &str, addresses: &[(&'static str, String)]) -> Result<BTreeMap<String, Duration>> {
    let folder = root().join("end2end");
    command(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&folder))?;
    let paths = addresses.iter().map(|(_, path)| path);
    let output = Command::new("node").arg("paint.mjs").arg(url).args(paths).current_dir(&folder).output()?;
    anyhow::ensure!(output.status.success(), "paint.mjs: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)?
        .lines()
        .map(|line| {
            let (path, milliseconds) = line.split_once(' ').context("paint.mjs prints a path and milliseconds")?;
            Ok((path.to_owned(), Duration::from_secs_f64(milliseconds.parse::<f64>()? / 1e3)))
        })
        .collect()
}
