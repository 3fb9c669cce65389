//! The section on ingest.

use std::fmt::Write;
use std::time::Duration;

use anyhow::Result;

use super::{median, setting};
use crate::bench::against::Against;
use crate::bench::database::Cost;
use crate::bench::ingest::Round;

/// What was measured.
pub struct Ingest {
    pub rounds: Vec<Round>,
    pub against: Vec<Against>,
    /// Compression of payloads by a dictionary that was not trained on them.
    pub untrained: f64,
    /// Resident memory of the server: idle at first, and at its highest.
    pub idle_bytes: u64,
    pub peak_bytes: u64,
    /// From the start of the process to the first accepted span, on a database that exists.
    pub first_span: Duration,
    pub version: String,
}

/// A bar and whether it holds.
enum Bar {
    AtMost(f64),
    AtLeast(f64),
}

/// The section as Markdown.
pub fn ingest(figures: &Ingest) -> Result<String> {
    let mut text = format!("\n{}\n", setting(&figures.version)?);
    whole(&mut text, figures)?;
    parts(&mut text, figures)?;
    against(&mut text, figures)?;
    Ok(text)
}

fn whole(text: &mut String, figures: &Ingest) -> Result<()> {
    let rounds = &figures.rounds;
    let spans = rounds.first().map_or(0, |round| round.spans);
    writeln!(text, "\n### From a sender to a page\n\nMedian of {} rounds of {spans} spans.\n", rounds.len())?;
    table(text)?;
    let of = |figure: &dyn Fn(&Round) -> f64| median(rounds.iter().map(figure));
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
    let rate = of(&|round| round.spans as f64 / round.visible.as_secs_f64());
    row(text, "spans per second, answered, listed and counted", rate, 0, &Bar::AtLeast(36_000.0))?;
    let all = of(&|round| micros(round.server + round.database.cpu + round.afterwards, round.spans));
    row(text, "CPU of server and PostgreSQL in all, µs per span", all, 1, &Bar::AtMost(35.0))?;
    row(text, "request p95, ms", of(&|round| ms(round.latency_p95)), 1, &Bar::AtMost(100.0))?;
    let asked = of(&|round| ms(round.budgets_p95));
    row(text, "a question for a tenant's budgets meanwhile, p95, ms", asked, 1, &Bar::AtMost(5.0))?;
    row(text, "server's memory at its highest, MiB", mib(figures.peak_bytes), 0, &Bar::AtMost(200.0))?;
    row(text, "server's memory when idle, MiB", mib(figures.idle_bytes), 0, &Bar::AtMost(40.0))?;
    row(text, "from start to the first accepted span, s", figures.first_span.as_secs_f64(), 2, &Bar::AtMost(0.3))
}

fn parts(text: &mut String, figures: &Ingest) -> Result<()> {
    let of = |figure: &dyn Fn(&Round) -> f64| median(figures.rounds.iter().map(figure));
    writeln!(text, "\nWhere it goes:\n\n| part | per span |\n|---|---:|")?;
    let mut line = |name: &str, time: &dyn Fn(&Round) -> Duration| {
        writeln!(text, "| {name} | {:.1} µs |", of(&|round| micros(time(round), round.spans)))
    };
    line("CPU, server, until visible", &|round| round.server)?;
    line("CPU, PostgreSQL, until visible", &|round| round.database.cpu)?;
    line("CPU, both, afterwards (roll up, sum up traces)", &|round| round.afterwards)?;
    line("CPU, senders", &|round| round.senders)?;
    let wal = of(&|round| round.database.wal_bytes as f64 / round.spans as f64);
    writeln!(text, "| write-ahead log | {wal:.0} bytes |")?;
    let latency = of(&|round| round.latency_median.as_secs_f64() * 1e3);
    Ok(writeln!(text, "| a request, median | {latency:.1} ms |")?)
}

fn against(text: &mut String, figures: &Ingest) -> Result<()> {
    let rounds = &figures.against;
    let spans = rounds.first().map_or(0, |round| round.spans);
    writeln!(
        text,
        "\n### Against PostgreSQL alone\n\nMedian of {} rounds of {spans} spans, 5 000 per transaction and turn.\n",
        rounds.len()
    )?;
    table(text)?;
    let of = |figure: &dyn Fn(&Against) -> f64| median(rounds.iter().map(figure));
    let cpu = |ours: fn(&Against) -> Duration, theirs: fn(&Against) -> Duration| {
        of(&|round| ours(round).as_secs_f64() / theirs(round).as_secs_f64())
    };
    let raw = cpu(|round| round.new.cpu + round.rolled_up.cpu, |round| round.copied.bare_jsonb.cpu);
    row(
        text,
        "PostgreSQL's CPU, rolling up and all, against COPY of the spans as jsonb without index",
        raw,
        2,
        &Bar::AtMost(1.25),
    )?;
    let wall = cpu(|round| round.copied.indexed_rows.wall, |round| round.transactions);
    row(text, "pace of transactions, against COPY of our rows into the same indexes", wall, 2, &Bar::AtLeast(0.6))?;
    let again = cpu(|round| round.again.cpu + round.again_server, |round| round.new.cpu + round.new_server);
    row(text, "CPU in all for spans sent again, against new ones", again, 2, &Bar::AtMost(1.0))?;
    let storage = of(&|round| round.copied.rows_bytes as f64 / round.copied.jsonb_bytes as f64);
    row(text, "bytes of heap and indexes, against jsonb with the same indexes", storage, 2, &Bar::AtMost(0.5))?;
    let whole = |round: &Against| (round.new.wal_bytes + round.rolled_up.wal_bytes) as f64;
    let wal = of(&|round| whole(round) / round.copied.indexed_jsonb.wal_bytes as f64);
    row(text, "write-ahead log, rolling up and all, against jsonb with the same indexes", wal, 2, &Bar::AtMost(0.6))?;
    let name = "compression of what has no column, by a dictionary of other traffic";
    row(text, name, figures.untrained, 2, &Bar::AtLeast(2.5))?;
    let trained = of(&|round| round.payload_bytes.0 as f64 / round.payload_bytes.1 as f64);
    writeln!(text, "\nBy the dictionary the server has trained on these spans meanwhile: {trained:.2} times smaller.")?;
    writeln!(text, "\n| per span | CPU | write-ahead log | heap and indexes |\n|---|---:|---:|---:|")?;
    let mut line = |name: &str, cost: fn(&Against) -> Cost, bytes: Option<fn(&Against) -> u64>| {
        let cpu = of(&|round| micros(cost(round).cpu, round.spans));
        let wal = of(&|round| cost(round).wal_bytes as f64 / round.spans as f64);
        let bytes = bytes.map(|bytes| of(&|round| bytes(round) as f64 / round.spans as f64));
        let bytes = bytes.map_or_else(String::new, |bytes| format!("{bytes:.0} bytes"));
        writeln!(text, "| {name} | {cpu:.1} µs | {wal:.0} bytes | {bytes} |")
    };
    line("whole transaction, PostgreSQL's part", |round| round.new, None)?;
    line("the same spans again", |round| round.again, None)?;
    line("rolling them up, PostgreSQL's part", |round| round.rolled_up, None)?;
    line("COPY of our rows, indexed", |round| round.copied.indexed_rows, Some(|round| round.copied.rows_bytes))?;
    line("COPY as jsonb, indexed", |round| round.copied.indexed_jsonb, Some(|round| round.copied.jsonb_bytes))?;
    line("COPY as jsonb, bare", |round| round.copied.bare_jsonb, None)?;
    Ok(writeln!(text)?)
}

fn table(text: &mut String) -> Result<()> {
    Ok(writeln!(text, "| | measured | bar | |\n|---|---:|---:|---|")?)
}

fn row(text: &mut String, name: &str, figure: f64, decimals: usize, bar: &Bar) -> Result<()> {
    let (limit, holds) = match bar {
        Bar::AtMost(most) => (format!("≤ {most}"), figure <= *most),
        Bar::AtLeast(least) => (format!("≥ {least}"), figure >= *least),
    };
    let holds = if holds { "holds" } else { "**missed**" };
    Ok(writeln!(text, "| {name} | {figure:.decimals$} | {limit} | {holds} |")?)
}

fn micros(time: Duration, spans: u64) -> f64 {
    time.as_secs_f64() * 1e6 / spans as f64
}
