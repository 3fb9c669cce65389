//! What PagerDuty is told (Events API v2): an alert is one incident from its firing to its end, taken there when it is taken here.

use model::alert::{Severity, State};
use serde_json::{Value, json};

use super::labels::{time, who};
use super::wording::plain;
use super::{Notice, Secret, Wording, page};

/// Characters of a summary PagerDuty takes.
const SUMMARY_CHARS_MAX: usize = 1_024;

pub(super) fn body(routing_key: &Secret, wording: &Wording, notices: &[Notice], home: &str) -> Value {
    let Some(notice) = notices.first() else { return Value::Null };
    let Notice { alert, entry, .. } = notice;
    let action = match entry.state {
        State::Firing | State::Pending => "trigger",
        // Either way somebody here knows: nobody need be called there.
        State::Acknowledged | State::Snoozed => "acknowledge",
        State::Resolved => "resolve",
    };
    let severity = match alert.severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    };
    let usual = || format!("{}: {}", alert.rule, entry.text);
    let summary = wording.title(notice, home, plain).unwrap_or_else(usual);
    let summary: String = summary.chars().take(SUMMARY_CHARS_MAX).collect();
    let href = page(home, alert);
    let trace = |trace| json!({"href": format!("{home}/traces/{trace}"), "text": "Its dearest trace"});
    let mut links = vec![json!({"href": href, "text": "The alert"})];
    links.extend(notice.trace.map(trace));
    json!({
        "routing_key": routing_key.0,
        "event_action": action,
        "dedup_key": href,
        "client": "Tracetab",
        "client_url": href,
        "links": links,
        "payload": {
            "summary": summary,
            "source": notice.tenant.as_deref().unwrap_or(home),
            "severity": severity,
            "timestamp": time(entry.at),
            "class": alert.rule,
            "custom_details": {"query": alert.query_text, "who": who(alert), "by": entry.by},
        },
    })
}
