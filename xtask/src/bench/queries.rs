//! What totals kept beside the spans are worth: the same questions to the API and to the spans themselves.
//!
//! Every comparison is unfair to the API on purpose: its time is that of a whole answer over HTTP, the other is what PostgreSQL
//! says it needed to work the answer out.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};

use super::database::Database;
use super::ingest::CONNECTIONS;
use super::server::Server;
use super::{Options, corpus, http, load};

/// Days the spans are spread over.
const DAYS: u64 = 30;

/// Spans of a request.
const SPANS_PER_REQUEST: u64 = 512;

const DAY_NS: u64 = 86_400_000_000_000;

/// Traces in a list of the dearest.
const DEAREST: usize = 20;

/// One question, asked both ways.
pub struct Question {
    /// What is asked.
    pub name: &'static str,
    /// How many times faster the API has to be.
    pub bar: f64,
    /// Median of the API's whole answer.
    pub totals: Duration,
    /// Median of PostgreSQL's work on the spans.
    pub spans: Duration,
}

/// Stores so many spans, evenly over thirty days and through each of them, oldest first.
pub fn load(server: &Server, database: &Database, spans: u64) -> Result<()> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now_ns = u64::try_from(now.as_nanos())?;
    let per_day = spans.div_ceil(DAYS);
    for day in (0..DAYS).rev() {
        let firsts = (0..per_day).step_by(SPANS_PER_REQUEST as usize);
        let bodies: Vec<_> = firsts
            .map(|first| {
                let into_the_day = DAY_NS / per_day * first;
                let at = now_ns - (day + 1) * DAY_NS + into_the_day;
                corpus::request(day, first, SPANS_PER_REQUEST.min(per_day - first), at)
            })
            .collect();
        load::send(&server.url, CONNECTIONS, &bodies)?;
        println!("   {} of {} spans stored", (DAYS - day) * per_day, DAYS * per_day);
    }
    server.settle(database)?;
    database.analyse()
}

/// Asks everything, the two ways in turns, and fails when they do not agree to the last digit.
pub fn measure(options: &Options, server: &Server, database: &Database) -> Result<Vec<Question>> {
    // Whole hours: what is asked for is what is summed up.
    let to: u64 = database.number("select extract(epoch from date_trunc('hour', now()) + interval '1 hour')::int8")?;
    let mut questions = Vec::new();
    for (name, days, bar) in [("cost by tenant, 24 h", 1, 5.0), ("cost by tenant, 30 days", DAYS, 20.0)] {
        questions.push(breakdown(options, server, database, name, "tenant", (to - days * 86_400, to), bar)?);
    }
    for (name, days, bar) in [("cost by model, 24 h", 1, 5.0), ("cost by model, 30 days", DAYS, 20.0)] {
        questions.push(breakdown(options, server, database, name, "model", (to - days * 86_400, to), bar)?);
    }
    questions.push(dearest(options, server, database, (to - 86_400, to))?);
    Ok(questions)
}

fn breakdown(
    options: &Options,
    server: &Server,
    database: &Database,
    name: &'static str,
    by: &str,
    (from, to): (u64, u64),
    bar: f64,
) -> Result<Question> {
    let bucket = if to - from > 86_400 { "1d" } else { "1h" };
    let path =
        format!("/api/v1/costs?from={}&to={}&group_by={by}&bucket={bucket}", at(database, from)?, at(database, to)?);
    let query = format!(
        "select d.name, trim_scale(sum(s.cost_pico) * 0.000000000001) as cost from span s \
           join dim_{by} d on d.id = s.{by}_id \
          where s.start_time >= to_timestamp({from}) and s.start_time < to_timestamp({to}) group by d.name"
    );
    let listed =
        database.text(&format!("select string_agg(name || '=' || cost, ' ' order by name) from ({query}) as lines"))?;
    let answer = http::get(&server.url, &path)?.body;
    for line in listed.split(' ') {
        let (key, cost) = line.split_once('=').with_context(|| format!("{name}: the spans gave {line:?}"))?;
        let (_, group) =
            answer.split_once(&format!("\"key\":\"{key}\"")).with_context(|| format!("{name}: no {key}"))?;
        let told = group.split_once("\"cost_usd\":").and_then(|(_, value)| value.split([',', '}']).next());
        ensure!(told == Some(cost), "{name}: {key} cost {told:?} by totals, and {cost} by the spans");
    }
    in_turns(options, server, database, name, &path, &query, bar)
}

fn dearest(options: &Options, server: &Server, database: &Database, (from, to): (u64, u64)) -> Result<Question> {
    let name = "the dearest traces, 24 h";
    let path =
        format!("/api/v1/traces?from={}&to={}&order=cost&limit={DEAREST}", at(database, from)?, at(database, to)?);
    let query = format!(
        "select trace_id, sum(cost_pico) from span where start_time >= to_timestamp({from}) and start_time < to_timestamp({to}) \
          group by trace_id order by 2 desc, 1 limit {DEAREST}"
    );
    let listed =
        database.text(&format!("select string_agg(replace(trace_id::text, '-', ''), ' ') from ({query}) as t"))?;
    let answer = http::get(&server.url, &path)?.body;
    for trace in listed.split(' ') {
        ensure!(answer.contains(trace), "{name}: {trace} is among them by its spans and not in the list");
    }
    in_turns(options, server, database, name, &path, &query, 8.0)
}

fn in_turns(
    options: &Options,
    server: &Server,
    database: &Database,
    name: &'static str,
    path: &str,
    query: &str,
    bar: f64,
) -> Result<Question> {
    let (mut totals, mut spans) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds.max(1) {
        totals.push(http::get(&server.url, path)?.took);
        spans.push(executed(database, query)?);
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let question = Question { name, bar, totals: median(&mut totals), spans: median(&mut spans) };
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("   {name}: {:.1} ms by the API, {:.1} ms from spans", ms(question.totals), ms(question.spans));
    Ok(question)
}

/// How long PostgreSQL worked on it, planning and connecting left out.
fn executed(database: &Database, query: &str) -> Result<Duration> {
    let plan = database.text(&format!("explain (analyze, timing off) {query}"))?;
    let took = plan.lines().find_map(|line| line.strip_prefix("Execution Time: ")?.strip_suffix(" ms"));
    let took: f64 = took.context("EXPLAIN tells the execution time")?.parse()?;
    Ok(Duration::from_secs_f64(took / 1e3))
}

/// A time as the API takes it.
fn at(database: &Database, unix_seconds: u64) -> Result<String> {
    let utc = format!("to_timestamp({unix_seconds}) at time zone 'UTC'");
    database.text(&format!("select to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"))
}
