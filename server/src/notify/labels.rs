//! An alert as the tools of Prometheus know one: labels that say which it is, annotations that say what it is about.

use chrono::{DateTime, SecondsFormat, Utc};
use model::alert::{Alert, State};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Notice, page};

/// A time that is not yet, as Go writes it.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// Labels never change while an alert is open: others know it by them. Who is behind it may, so that is an annotation.
pub(super) fn labels(notice: &Notice) -> Value {
    let Alert { id, rule, severity, .. } = &notice.alert;
    let mut labels = json!({"alertname": rule, "severity": severity.as_str(), "alert_id": id.to_string()});
    if let Some(tenant) = &notice.tenant {
        labels["tenant"] = json!(tenant);
    }
    labels
}

/// What it is about, in words and links.
pub(super) fn annotations(notice: &Notice, home: &str) -> Value {
    let mut annotations = json!({
        "summary": format!("{}: {}", notice.alert.rule, notice.entry.text),
        "query": notice.alert.query_text,
        "who": who(&notice.alert),
    });
    if let Some(runbook) = &notice.alert.runbook {
        annotations["runbook_url"] = json!(runbook);
    }
    if let Some(trace) = notice.trace {
        annotations["trace"] = json!(format!("{home}/traces/{trace}"));
    }
    annotations
}

/// One alert of a message; `ends_at` says when it is over, or will be taken for it.
pub(super) fn alert(notice: &Notice, home: &str, ends_at: &str) -> Value {
    json!({
        "labels": labels(notice),
        "annotations": annotations(notice, home),
        "startsAt": time(notice.alert.fired_at),
        "endsAt": ends_at,
        "generatorURL": page(home, &notice.alert),
    })
}

/// When it was over; [`NEVER`] while it is not.
pub(super) fn ends_at(notice: &Notice) -> String {
    match notice.entry.state {
        State::Resolved => time(notice.alert.resolved_at.unwrap_or(notice.entry.at)),
        State::Pending | State::Firing | State::Acknowledged | State::Snoozed => NEVER.to_owned(),
    }
}

/// Sixteen hex digits that are the same for the same labels.
pub(super) fn fingerprint(labels: &Value) -> String {
    hex(&Sha256::digest(labels.to_string())[..8])
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Who or what is behind most of it, without ids.
pub(super) fn who(alert: &Alert) -> String {
    let labels = alert.observation.labels.iter().filter(|(name, _)| !["trace", "span"].contains(&name.as_str()));
    labels.map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

/// As RFC 3339 has it.
pub(super) fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
