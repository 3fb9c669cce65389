//! `GET /api/v1/ingest`: how ingest is doing, who sends, what was refused and why.
//!
//! Counters are of this server process since it started; what was refused is read from the database, for all servers.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use model::health::{DiskAlarm, Endpoints};
use model::ingest::{
    DiskSpace, Fate, IngestReport, Quantiles, Queue, RECENT_MINUTES, Sdk, SenderLine, TurnedAwaySum, Unpriced,
};
use model::rejected::{Filter, Line, Reason, Sum};
use serde::Serialize;

use super::Api;
use super::parameters::Parameters;
use super::problem::Problem;

const LINES_BY_DEFAULT: i64 = 100;

#[derive(Serialize)]
pub struct Answer {
    now: DateTime<Utc>,
    started_at: DateTime<Utc>,
    spans_per_second: f64,
    /// Of the last sixty seconds, oldest first.
    spans_per_second_series: Vec<f64>,
    lag_seconds: Option<Quantiles>,
    lag_p99_seconds_series: Vec<Option<f64>>,
    queue: Queue,
    /// `None` where the database is somebody else's.
    disk: Option<DiskSpace>,
    disk_alarm: Option<DiskAlarm>,
    #[serde(flatten)]
    fate: Fate,
    rejected_by_class: Vec<ClassSum>,
    turned_away: Vec<TurnedAwaySum>,
    batch_spans: Option<Quantiles>,
    commit_seconds: Option<Quantiles>,
    unpriced: Unpriced,
    by_encoding: Vec<EncodingSum>,
    senders: Vec<Sender>,
    other_senders: Fate,
    sdks: Vec<SdkSum>,
    other_sdks: u64,
    doors: Doors,
    rejected_in_last_10_minutes: Vec<RefusedSum>,
    rejected_in_last_24_hours: Vec<RefusedSum>,
    rejected_spans: Vec<RejectedSpan>,
    /// `before` of the next page; `None` on the last.
    next: Option<i64>,
}

#[derive(Serialize)]
struct ClassSum {
    class: Reason,
    spans: u64,
}

/// What was refused for one class of reasons; `requests` were refused as a whole.
#[derive(Serialize)]
struct RefusedSum {
    class: Reason,
    spans: u64,
    requests: u64,
}

#[derive(Serialize)]
struct EncodingSum {
    encoding: String,
    spans: u64,
}

#[derive(Serialize)]
struct Sender {
    name: String,
    sdks: Vec<Sdk>,
    by_encoding: Vec<EncodingSum>,
    #[serde(flatten)]
    fate: Fate,
    last_seen: DateTime<Utc>,
}

#[derive(Serialize)]
struct SdkSum {
    #[serde(flatten)]
    sdk: Sdk,
    spans: u64,
}

/// The addresses of the doors; those that are closed have none.
#[derive(Serialize)]
struct Doors {
    http: String,
    otlp_http: Option<String>,
    otlp_grpc: Option<String>,
    zipkin: Option<String>,
    jaeger: Option<String>,
}

#[derive(Serialize)]
struct RejectedSpan {
    id: i64,
    at: DateTime<Utc>,
    sender: String,
    encoding: Option<String>,
    trace_id: Option<String>,
    span_id: Option<String>,
    class: Reason,
    reason: String,
    /// How many spans the line stands for; `None` is a whole request, whose spans nobody could count.
    spans: Option<u64>,
}

/// Everything there is to tell, with a page of the refused spans, newest first.
pub async fn show(State(api): State<Api>, parameters: Parameters) -> Result<Json<Answer>, Problem> {
    parameters.only(&["limit", "before", "class", "sender"])?;
    let limit = parameters.get("limit").map_or(Ok(LINES_BY_DEFAULT), limit)?;
    let filter = Filter {
        before: parameters.get("before").map(before).transpose()?,
        class: parameters.get("class").map(class).transpose()?,
        sender: parameters.get("sender").map(str::to_owned),
    };
    let report = (api.ingest_report)();
    let db = &api.pools.readers.get();
    let since = |minutes| report.now - TimeDelta::minutes(minutes);
    let (mut lines, recent, day) = tokio::try_join!(
        // One more than asked for tells whether there are more.
        store::rejected::list(db, &filter, limit + 1),
        store::rejected::sums(db, since(RECENT_MINUTES)),
        store::rejected::sums(db, since(24 * 60)),
    )?;
    let has_more = lines.len() as i64 > limit;
    lines.truncate(usize::try_from(limit).unwrap_or_default());
    let next = lines.last().filter(|_| has_more).map(|line| line.id);
    Ok(Json(Answer {
        rejected_in_last_10_minutes: recent.into_iter().map(RefusedSum::from).collect(),
        rejected_in_last_24_hours: day.into_iter().map(RefusedSum::from).collect(),
        rejected_spans: lines.into_iter().map(RejectedSpan::from).collect(),
        next,
        doors: Doors::from(api.endpoints),
        ..Answer::from(report)
    }))
}

fn limit(text: &str) -> Result<i64, Problem> {
    let most = store::rejected::LINES_MAX - 1;
    let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
    limit.ok_or_else(|| Problem::bad_request(format!("`limit`: expected a number from 1 to {most}, got `{text}`")))
}

fn before(text: &str) -> Result<i64, Problem> {
    text.parse()
        .map_err(|_| Problem::bad_request(format!("`before`: expected `next` of the page before, got `{text}`")))
}

fn class(text: &str) -> Result<Reason, Problem> {
    Reason::ALL.iter().copied().find(|class| class.as_str() == text).ok_or_else(|| {
        let names: Vec<&str> = Reason::ALL.iter().map(|class| class.as_str()).collect();
        Problem::bad_request(format!("`class`: expected one of {}, got `{text}`", names.join(", ")))
    })
}

impl From<IngestReport> for Answer {
    /// What the process knows; the rest is empty.
    fn from(report: IngestReport) -> Self {
        let IngestReport { health, .. } = report;
        let (accepted, rejected, duplicates) = (health.accepted, health.rejected, health.duplicates);
        let rejected_by_class = report.rejected.into_iter().map(|(class, spans)| ClassSum { class, spans });
        Self {
            now: report.now,
            started_at: report.started_at,
            spans_per_second: health.spans_per_second,
            spans_per_second_series: health.spans_per_second_series,
            lag_seconds: report.lag,
            lag_p99_seconds_series: report.lag_series,
            queue: report.queue,
            disk: report.disk,
            disk_alarm: health.disk_alarm,
            fate: Fate { accepted, rejected, requests_refused: health.requests_refused, duplicates },
            rejected_by_class: rejected_by_class.collect(),
            turned_away: report.turned_away,
            batch_spans: report.batch_spans,
            commit_seconds: report.commit_seconds,
            unpriced: report.unpriced,
            by_encoding: encodings(health.by_encoding),
            senders: report.senders.into_iter().map(Sender::from).collect(),
            other_senders: report.other_senders,
            sdks: report.sdks.into_iter().map(|(sdk, spans)| SdkSum { sdk, spans }).collect(),
            other_sdks: report.other_sdks,
            doors: Doors::from(Endpoints::default()),
            rejected_in_last_10_minutes: Vec::new(),
            rejected_in_last_24_hours: Vec::new(),
            rejected_spans: Vec::new(),
            next: None,
        }
    }
}

fn encodings(by_encoding: Vec<(String, u64)>) -> Vec<EncodingSum> {
    by_encoding.into_iter().map(|(encoding, spans)| EncodingSum { encoding, spans }).collect()
}

impl From<SenderLine> for Sender {
    fn from(line: SenderLine) -> Self {
        let SenderLine { name, sdks, by_encoding, fate, last_seen } = line;
        Self { name, sdks, by_encoding: encodings(by_encoding), fate, last_seen }
    }
}

impl From<Endpoints> for Doors {
    fn from(endpoints: Endpoints) -> Self {
        let Endpoints { http, otlp_http, otlp_grpc, zipkin, jaeger } = endpoints;
        Self { http, otlp_http, otlp_grpc, zipkin, jaeger }
    }
}

impl From<Sum> for RefusedSum {
    fn from(sum: Sum) -> Self {
        let Sum { class, spans, requests } = sum;
        Self { class, spans, requests }
    }
}

impl From<Line> for RejectedSpan {
    fn from(line: Line) -> Self {
        let Line { id, at, sender, encoding, class, refused } = line;
        Self {
            id,
            at,
            sender,
            encoding,
            trace_id: refused.trace_id,
            span_id: refused.span_id,
            class,
            reason: refused.reason,
            spans: refused.spans,
        }
    }
}
