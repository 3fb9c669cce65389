//! Everything one server process knows about its ingest: what the Ingest page shows beside the short form in [`crate::health`].

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::health::IngestHealth;
use crate::rejected::Reason;
use crate::span::code_enum;

/// Minutes that are "just now" when something went wrong: long enough to be seen by who looks at the page after an alarm.
pub const RECENT_MINUTES: i64 = 10;

code_enum! {
    /// Why a request was sent back to be sent again; the words are labels for programs.
    TurnedAway {
        /// There was no room for it.
        Full = 0, "full";
        /// The database did not answer.
        Database = 1, "database";
        /// The server failed, as its log explains.
        Failed = 2, "failed";
        /// The server was stopping.
        Stopping = 3, "stopping";
        /// It did not arrive whole: too slowly, or the connection broke.
        Incomplete = 4, "incomplete";
        /// The database's disk was full, or nearly.
        Disk = 5, "disk";
    }
}

/// Ingest of one server process since it started.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IngestReport {
    /// The server's clock.
    pub now: DateTime<Utc>,
    /// When it began to count.
    pub started_at: DateTime<Utc>,
    /// The figures every page shows.
    pub health: IngestHealth,
    /// Seconds from a span's end to its commit, over the last minute; `None` without spans.
    pub lag: Option<Quantiles>,
    /// The 99th percentile of that for each of the last sixty seconds, oldest first; `None` where nothing came.
    pub lag_series: Vec<Option<f64>>,
    /// What waits for its commit.
    pub queue: Queue,
    /// Room on the database's disk, where this server can see it.
    #[serde(default)]
    pub disk: Option<DiskSpace>,
    /// Requests and spans sent back, by why, in the order of [`TurnedAway::ALL`].
    pub turned_away: Vec<TurnedAwaySum>,
    /// Spans refused since the start, by class, those without any left out.
    pub rejected: Vec<(Reason, u64)>,
    /// Spans per transaction over the last ten minutes; `None` without any.
    pub batch_spans: Option<Quantiles>,
    /// Seconds a transaction took over the last ten minutes; `None` without any.
    pub commit_seconds: Option<Quantiles>,
    /// Accepted spans without a cost.
    pub unpriced: Unpriced,
    /// Who sends, the one heard of last first.
    pub senders: Vec<SenderLine>,
    /// What became of the spans of senders that are not in the list any more.
    pub other_senders: Fate,
    /// What they send with, most spans first.
    pub sdks: Vec<(Sdk, u64)>,
    /// Spans of SDKs that are not in the list.
    pub other_sdks: u64,
}

/// How a figure is spread, each within a third of the truth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// How often it was taken.
    pub count: u64,
    /// Half of all were not above.
    pub p50: f64,
    /// Nine in ten were not above.
    pub p90: f64,
    /// Ninety-nine in a hundred were not above.
    pub p99: f64,
    /// None was above; exact.
    pub max: f64,
}

/// What waits, what may, and the most that ever did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Spans that wait now.
    pub spans: u64,
    /// The most that may.
    pub spans_max: u64,
    /// The most that did since the start.
    pub spans_peak: u64,
    /// Bytes of bodies that wait now, uncompressed.
    pub bytes: u64,
    /// The most that may.
    pub bytes_max: u64,
    /// The most that did since the start.
    pub bytes_peak: u64,
}

/// Room on the database's disk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskSpace {
    /// Bytes that can still be written.
    pub free_bytes: u64,
    /// With fewer, spans are turned away.
    pub free_bytes_min: u64,
}

/// What was sent back for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TurnedAwaySum {
    /// The reason.
    pub why: TurnedAway,
    /// Requests since the start.
    pub requests: u64,
    /// Of these, in the last ten minutes.
    pub recent_requests: u64,
    /// Spans in them, as far as they had been read.
    pub spans: u64,
}

/// Accepted spans and those without a cost, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unpriced {
    /// Spans.
    pub spans: u64,
    /// Of these, without a cost.
    pub unpriced: u64,
    /// Calls of models among the spans.
    pub model_calls: u64,
    /// Of these, without a cost.
    pub unpriced_model_calls: u64,
}

/// What became of spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// Committed, and new.
    pub accepted: u64,
    /// Refused.
    pub rejected: u64,
    /// Whole requests refused, whose spans nobody could count.
    pub requests_refused: u64,
    /// There already.
    pub duplicates: u64,
}

/// One that sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SenderLine {
    /// Its program and its address.
    pub name: String,
    /// What it sends with, as far as a few go.
    pub sdks: Vec<Sdk>,
    /// How its spans came and how many that way.
    pub by_encoding: Vec<(String, u64)>,
    /// What became of them.
    pub fate: Fate,
    /// When it was heard of last.
    pub last_seen: DateTime<Utc>,
}

/// A library that sends spans.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Sdk {
    /// `telemetry.sdk.name`, such as `opentelemetry`; the program's name without one.
    pub name: String,
    /// `telemetry.sdk.language`, such as `python`; empty when nobody said.
    pub language: String,
    /// `telemetry.sdk.version`, such as `1.39.1`; empty when nobody said.
    pub version: String,
}

impl std::fmt::Display for Sdk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)?;
        let more = [&self.language, &self.version];
        more.into_iter().filter(|part| !part.is_empty()).try_for_each(|part| write!(f, " {part}"))
    }
}

impl Unpriced {
    /// Adds others.
    pub const fn add(&mut self, other: Self) {
        self.spans = self.spans.saturating_add(other.spans);
        self.unpriced = self.unpriced.saturating_add(other.unpriced);
        self.model_calls = self.model_calls.saturating_add(other.model_calls);
        self.unpriced_model_calls = self.unpriced_model_calls.saturating_add(other.unpriced_model_calls);
    }
}

impl Fate {
    /// Adds what became of others.
    pub const fn add(&mut self, other: Self) {
        self.accepted = self.accepted.saturating_add(other.accepted);
        self.rejected = self.rejected.saturating_add(other.rejected);
        self.requests_refused = self.requests_refused.saturating_add(other.requests_refused);
        self.duplicates = self.duplicates.saturating_add(other.duplicates);
    }
}
