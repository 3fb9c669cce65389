//! An alert as the API shows it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::alert::{Alert, HistoryEntry, Hold};
use model::usd::json;
use model::{TraceId, Usd};
use serde::Serialize;
use store::spaces::Called;

#[derive(Serialize)]
pub struct AlertLine {
    id: i64,
    /// Rises with every change.
    version: i32,
    /// With the group it is about.
    rule: String,
    /// The rule it is one group of, or that it is itself; null of what is always looked for.
    of_rule: Option<String>,
    /// What to do about it: an address.
    runbook: Option<String>,
    query: String,
    severity: &'static str,
    state: &'static str,
    /// What was counted last; the alert fired because it reached `threshold` within `window_seconds`.
    value: i64,
    threshold: i64,
    window_seconds: i64,
    highest_value: i64,
    /// The worst single figure, in the unit of the query.
    peak: Option<f64>,
    labels: BTreeMap<String, String>,
    /// Traces that caused it, worst first.
    evidence: Vec<TraceId>,
    fired_at: DateTime<Utc>,
    last_true_at: DateTime<Utc>,
    resolved_at: Option<DateTime<Utc>>,
    /// Who took or silenced it.
    hold: Option<HoldLine>,
}

#[derive(Serialize)]
struct HoldLine {
    by: String,
    note: String,
    at: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
    /// Dollars it may grow by until it fires again; without them at twice its figure.
    #[serde(serialize_with = "json::amount_or_null")]
    grows_by_usd: Option<Usd>,
}

/// One line of an alert's history.
#[derive(Serialize)]
pub struct HistoryLine {
    at: DateTime<Utc>,
    state: &'static str,
    by: Option<String>,
    text: String,
}

impl AlertLine {
    /// The alert, whose evidence goes by what its traces are called.
    pub fn new(alert: Alert, called: &Called) -> Self {
        Self {
            id: alert.id,
            version: alert.version,
            rule: alert.rule,
            of_rule: alert.of_rule,
            runbook: alert.runbook,
            query: alert.query_text,
            severity: alert.severity.as_str(),
            state: alert.state.as_str(),
            value: alert.observation.count,
            threshold: alert.threshold,
            window_seconds: alert.window_seconds,
            highest_value: alert.peak_count,
            peak: alert.observation.peak,
            // The newest first: of equal names the newest counts.
            labels: alert.observation.labels.into_iter().rev().collect(),
            evidence: alert.observation.evidence.into_iter().map(|kept| called.id(kept)).collect(),
            fired_at: alert.fired_at,
            last_true_at: alert.last_true_at,
            resolved_at: alert.resolved_at,
            hold: alert.hold.map(HoldLine::from),
        }
    }
}

impl From<Hold> for HoldLine {
    fn from(hold: Hold) -> Self {
        Self { by: hold.by, note: hold.note, at: hold.at, until: hold.until, grows_by_usd: hold.grows_by }
    }
}

impl From<HistoryEntry> for HistoryLine {
    fn from(entry: HistoryEntry) -> Self {
        Self { at: entry.at, state: entry.state.as_str(), by: entry.by, text: entry.text }
    }
}
