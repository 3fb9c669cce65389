//! How the server itself is doing: what the overview, `/readyz` and the event stream tell.

use serde::{Deserialize, Serialize};

/// Ingest as one server process sees it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IngestHealth {
    /// Spans per second over the last ten seconds.
    pub spans_per_second: f64,
    /// Spans per second for each of the last sixty seconds, oldest first.
    pub spans_per_second_series: Vec<f64>,
    /// 99th percentile, over the last minute, of seconds from a span's end to its commit; `None` without spans.
    pub lag_p99_seconds: Option<f64>,
    /// Spans accepted and not yet committed.
    pub queue_spans: u64,
    /// The most of them that are let in.
    pub queue_spans_max: u64,
    /// Spans committed since the start.
    pub accepted: u64,
    /// Spans refused since the start.
    pub rejected: u64,
    /// Spans received again and not counted twice, since the start.
    pub duplicates: u64,
    /// Requests sent back for want of room or of a database since the start; their senders keep them.
    #[serde(default)]
    pub turned_away: u64,
    /// Requests refused as a whole since the start, whose spans nobody could count.
    #[serde(default)]
    pub requests_refused: u64,
    /// Whether the database's disk is full, or nearly.
    #[serde(default)]
    pub disk_alarm: Option<DiskAlarm>,
    /// Spans taken since the start, those sent twice included, by how they came (`OTLP protobuf`, `OTLP JSON`, `native JSON`).
    pub by_encoding: Vec<(String, u64)>,
}

/// Want of room on the database's disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiskAlarm {
    /// So little is free that spans are turned away, before the database has to stop.
    Low,
    /// The database said that it could not write.
    Full,
}

impl DiskAlarm {
    /// What is wrong and what to do.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Low => {
                "The database's disk is nearly full. Spans are sent back, and their senders keep them; pages go on. Make room, \
                 and spans are taken again."
            }
            Self::Full => {
                "The database's disk is full. Spans are sent back, and their senders keep them. Make room, and spans are taken \
                 again."
            }
        }
    }
}

/// Where the server listens, as a person would type it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoints {
    /// Dashboard and API, `http://127.0.0.1:8080`.
    pub http: String,
    /// OTLP over HTTP, `http://127.0.0.1:4318`; `None` when that door is closed.
    pub otlp_http: Option<String>,
    /// OTLP over gRPC, `http://127.0.0.1:4317`; `None` when that door is closed.
    pub otlp_grpc: Option<String>,
    /// Zipkin's collector, `http://127.0.0.1:9411`; `None` when that door is closed.
    pub zipkin: Option<String>,
    /// Jaeger's collector (Thrift over HTTP), `http://127.0.0.1:14268`; `None` when that door is closed.
    pub jaeger: Option<String>,
}

/// The demo data: whether it is loading, and how far it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoStatus {
    /// Traffic is being sent.
    pub running: bool,
    /// Traces of history sent so far.
    pub traces_sent: u64,
    /// Traces of history to send in all.
    pub traces_total: u64,
    /// Why it stopped, if it failed.
    pub error: Option<String>,
}
