//! Traces to send, built in the native shape with verbs.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

/// The documented sample, as printed.
pub fn sample() -> Value {
    serde_json::from_str(include_str!("../fixtures/sample_trace.json")).unwrap()
}

/// Its id.
pub const SAMPLE_ID: &str = "7d3f4e8a9b2c1d5e6f7a8b9c0d1e2f3a";

/// A trace of one root span that ended just now, of tenant `acme`, costing nothing known.
pub fn a_trace(number: u64) -> Trace {
    let id = format!("{:032x}", u128::from(number) + (1 << 96));
    Trace { id, spans: Vec::new(), begins: Utc::now() - TimeDelta::seconds(2) }.with_span("root", None, None)
}

/// A trace being built.
pub struct Trace {
    id: String,
    spans: Vec<Value>,
    begins: DateTime<Utc>,
}

impl Trace {
    /// One more span under the root.
    pub fn with_child(self, name: &str, cost_usd: f64) -> Self {
        self.with_span(name, Some(1), Some(cost_usd))
    }

    /// The root costs this much.
    pub fn costing(mut self, cost_usd: f64) -> Self {
        self.spans[0]["attributes"]["cost_usd"] = json!(cost_usd);
        self
    }

    /// So many spans under the root without a known cost.
    pub fn with_unpriced_children(self, count: usize) -> Self {
        (0..count).fold(self, |trace, _| trace.with_span("legacy", Some(1), None))
    }

    /// So many spans whose parent never comes.
    pub fn with_orphans(self, count: usize) -> Self {
        (0..count).fold(self, |trace, _| trace.with_span("orphan", Some(0xdead), Some(0.0)))
    }

    /// A chain of spans so long that the trace is `depth` levels deep.
    pub fn nested_to(self, depth: u64) -> Self {
        (1..depth).fold(self, |trace, level| trace.with_span("nested", Some(level), Some(0.0)))
    }

    fn with_span(mut self, name: &str, parent: Option<u64>, cost_usd: Option<f64>) -> Self {
        let time =
            |offset: i64| (self.begins + TimeDelta::milliseconds(offset)).to_rfc3339_opts(SecondsFormat::Millis, true);
        let number = self.spans.len() as i64;
        let mut span = json!({
            "span_id": format!("{:016x}", number + 1),
            "parent_span_id": parent.map(|parent| format!("{parent:016x}")),
            "operation_name": name,
            "service": "orchestrator",
            "tenant": "acme",
            "start_time": time(0),
            "end_time": time(1_000),
            "attributes": {},
        });
        if let Some(cost_usd) = cost_usd {
            span["attributes"]["cost_usd"] = json!(cost_usd);
        }
        self.spans.push(span);
        self
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// As it is sent.
    pub fn body(&self) -> Value {
        json!({"trace_id": self.id, "spans": self.spans})
    }
}
