//! What Slack is told (incoming webhooks): a line for its own notification, and a block for each alert.

use std::fmt::Write;

use model::alert::State;
use serde_json::{Value, json};

use super::labels::who;
use super::{Notice, page};

/// Characters of a block's text Slack takes.
const TEXT_CHARS_MAX: usize = 3_000;

pub(super) fn body(notices: &[Notice], home: &str) -> Value {
    let lines: Vec<String> = notices.iter().map(|notice| format!("{}: {}", notice.alert.rule, state(notice))).collect();
    let block = |notice: &Notice| {
        let text: String = text(notice, home).chars().take(TEXT_CHARS_MAX).collect();
        json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    };
    json!({"text": escaped(&lines.join("; ")), "blocks": notices.iter().map(block).collect::<Vec<_>>()})
}

fn text(notice: &Notice, home: &str) -> String {
    let Notice { alert, entry, .. } = notice;
    let (href, rule, happened) = (page(home, alert), escaped(&alert.rule), escaped(&entry.text));
    let mut text = format!("*<{href}|{rule}>* {}, {}\n{happened}", state(notice), alert.severity.as_str());
    // Writing to a string cannot fail.
    if let Some(by) = &entry.by {
        let _ = write!(text, " by {}", escaped(by));
    }
    let who = who(alert);
    if !who.is_empty() {
        let _ = write!(text, "\n{}", escaped(&who));
    }
    if let Some(trace) = notice.trace {
        let _ = write!(text, "\nDearest trace <{home}/traces/{trace}|{}>", trace.short());
    }
    text
}

const fn state(notice: &Notice) -> &'static str {
    match notice.entry.state {
        State::Firing => "is firing",
        State::Pending => "is pending",
        State::Acknowledged => "is acknowledged",
        State::Snoozed => "is snoozed",
        State::Resolved => "is resolved",
    }
}

/// Without the three characters that are Slack's own.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
