//! How ingest is doing: counted here, shown on the overview, sent with the events, scraped from `/metrics`.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use metrics::{counter, histogram};
use model::health::IngestHealth;
use model::time::UnixNanos;
use store::ingest::Outcome;

use super::intake::Intake;
use lag::Lag;

mod lag;

/// Seconds of history kept: what the overview draws.
const SECONDS_MAX: usize = 60;
/// Seconds the current rate is taken over: long enough to be steady between the batches of an SDK.
const RATE_SECONDS: usize = 10;
/// Nanoseconds after which a span that arrives is imported history, whose age says nothing about us.
const HISTORY_NS: i64 = 3_600_000_000_000;

/// How spans came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// OTLP over HTTP, protobuf.
    OtlpProtobuf,
    /// OTLP over HTTP, JSON.
    OtlpJson,
    /// OTLP over gRPC.
    OtlpGrpc,
    /// Zipkin, JSON of version 1 or 2.
    ZipkinJson,
    /// Zipkin, protobuf.
    ZipkinProtobuf,
    /// Jaeger, Thrift in binary.
    JaegerThrift,
    /// The native API.
    NativeJson,
    /// The native API, a document per line.
    NativeLines,
}

impl Encoding {
    const ALL: [Self; 8] = [
        Self::OtlpProtobuf,
        Self::OtlpJson,
        Self::OtlpGrpc,
        Self::ZipkinJson,
        Self::ZipkinProtobuf,
        Self::JaegerThrift,
        Self::NativeJson,
        Self::NativeLines,
    ];

    /// Its name for people and as a label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OtlpProtobuf => "OTLP protobuf",
            Self::OtlpJson => "OTLP JSON",
            Self::OtlpGrpc => "OTLP gRPC",
            Self::ZipkinJson => "Zipkin JSON",
            Self::ZipkinProtobuf => "Zipkin protobuf",
            Self::JaegerThrift => "Jaeger Thrift",
            Self::NativeJson => "native JSON",
            Self::NativeLines => "native JSON lines",
        }
    }
}

/// The counters of one process.
#[derive(Debug, Default)]
pub struct Health(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    accepted: u64,
    rejected: u64,
    duplicates: u64,
    by_encoding: [u64; Encoding::ALL.len()],
    /// Newest last, at most [`SECONDS_MAX`], one per second in which anything was committed.
    seconds: VecDeque<Second>,
}

#[derive(Debug)]
struct Second {
    at: i64,
    spans: u64,
    lag: Lag,
}

impl Health {
    /// A transaction with spans that ended then was committed.
    pub fn committed(&self, ends_ns: &[i64], outcome: &Outcome, took: Duration, now: DateTime<Utc>) {
        counter!("tracetab_ingest_spans_accepted_total").increment(outcome.accepted);
        counter!("tracetab_ingest_spans_duplicate_total").increment(outcome.duplicates);
        histogram!("tracetab_ingest_commit_seconds").record(took.as_secs_f64());
        histogram!("tracetab_ingest_batch_spans").record(ends_ns.len() as f64);
        let lag = lag_of(ends_ns, now);
        let mut counts = self.counts();
        counts.accepted += outcome.accepted;
        counts.duplicates += outcome.duplicates;
        let second = counts.second(now.timestamp());
        second.spans += outcome.accepted;
        second.lag.merge(&lag);
    }

    /// Payloads of so many bytes before and after compression were committed.
    pub fn packed((raw, packed): (u64, u64)) {
        counter!("tracetab_ingest_payload_bytes_total").increment(raw);
        counter!("tracetab_ingest_payload_packed_bytes_total").increment(packed);
    }

    /// Spans of a request were taken, new or not.
    pub fn taken(&self, encoding: Encoding, spans: usize) {
        counter!("tracetab_ingest_spans_received_total", "encoding" => encoding.as_str()).increment(spans as u64);
        self.counts().by_encoding[encoding as usize] += spans as u64;
    }

    /// Spans were refused for what they are.
    pub fn rejected(&self, spans: usize) {
        if spans > 0 {
            counter!("tracetab_ingest_spans_rejected_total").increment(spans as u64);
            self.counts().rejected += spans as u64;
        }
    }

    /// Spans were sent back for want of room; their sender keeps them.
    pub fn turned_away(spans: usize) {
        counter!("tracetab_ingest_spans_turned_away_total").increment(spans as u64);
    }

    /// The figures as of `now`.
    pub fn report(&self, now: DateTime<Utc>, intake: &Intake) -> IngestHealth {
        let counts = self.counts();
        let series = counts.series(now.timestamp());
        let recent: f64 = series.iter().rev().take(RATE_SECONDS).sum();
        let mut lag = Lag::default();
        counts.recent(now.timestamp()).for_each(|second| lag.merge(&second.lag));
        IngestHealth {
            spans_per_second: recent / RATE_SECONDS as f64,
            spans_per_second_series: series,
            lag_p99_seconds: lag.quantile(0.99),
            queue_spans: intake.spans() as u64,
            queue_spans_max: intake.spans_max() as u64,
            accepted: counts.accepted,
            rejected: counts.rejected,
            duplicates: counts.duplicates,
            by_encoding: Encoding::ALL
                .iter()
                .map(|encoding| (encoding.as_str().to_owned(), counts.by_encoding[*encoding as usize]))
                .filter(|(_, spans)| *spans > 0)
                .collect(),
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Plain counters: a panic elsewhere leaves them a step behind at worst.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn second(&mut self, at: i64) -> &mut Second {
        // A clock that was set back counts into the newest second.
        if self.seconds.back().is_none_or(|newest| newest.at < at) {
            if self.seconds.len() == SECONDS_MAX {
                self.seconds.pop_front();
            }
            self.seconds.push_back(Second { at, spans: 0, lag: Lag::default() });
        }
        let newest = self.seconds.len() - 1;
        &mut self.seconds[newest]
    }

    /// What was committed in the last complete minute.
    fn recent(&self, now: i64) -> impl Iterator<Item = &Second> {
        self.seconds.iter().filter(move |second| (now - SECONDS_MAX as i64..now).contains(&second.at))
    }

    /// Spans of each of the last sixty complete seconds, oldest first.
    fn series(&self, now: i64) -> Vec<f64> {
        let mut series = vec![0.0; SECONDS_MAX];
        for second in self.recent(now) {
            // In range by construction of `recent`.
            series[(second.at - (now - SECONDS_MAX as i64)) as usize] = second.spans as f64;
        }
        series
    }
}

fn lag_of(ends_ns: &[i64], now: DateTime<Utc>) -> Lag {
    let now = UnixNanos::from_datetime(now).0;
    let mut lag = Lag::default();
    for end in ends_ns {
        let nanoseconds = now.saturating_sub(*end);
        if nanoseconds < HISTORY_NS {
            // A sender's clock may run ahead of ours: no lag, rather than less than none.
            lag.record(nanoseconds.max(0) as f64 / 1e9);
        }
    }
    lag
}

#[cfg(test)]
mod tests;
