//! What Slack is told (incoming webhooks): a line for its own notification, and a block for each alert.

use std::fmt::Write;

use model::alert::State;
use serde_json::{Value, json};

use super::labels::who;
use super::{Notice, Wording, page};

/// Characters of a block's text Slack takes.
const TEXT_CHARS_MAX: usize = 3_000;

pub(super) fn body(wording: &Wording, notices: &[Notice], home: &str) -> Value {
    let line = |notice: &Notice| {
        let usual = || escaped(&format!("{}: {}", notice.alert.rule, state(notice)));
        wording.title(notice, home, escaped).unwrap_or_else(usual)
    };
    let lines: Vec<String> = notices.iter().map(line).collect();
    let block = |notice: &Notice| {
        let text: String = text(wording, notice, home).chars().take(TEXT_CHARS_MAX).collect();
        json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    };
    json!({"text": lines.join("; "), "blocks": notices.iter().map(block).collect::<Vec<_>>()})
}

fn text(wording: &Wording, notice: &Notice, home: &str) -> String {
    let title = wording.title(notice, home, escaped);
    match wording.text(notice, home, escaped) {
        Some(own) => title.into_iter().chain([own]).collect::<Vec<_>>().join("\n"),
        None => usual_text(title, notice, home),
    }
}

fn usual_text(title: Option<String>, notice: &Notice, home: &str) -> String {
    let Notice { alert, entry, .. } = notice;
    let (href, rule, happened) = (page(home, alert), escaped(&alert.rule), escaped(&entry.text));
    let title = title.unwrap_or_else(|| format!("*<{href}|{rule}>* {}, {}", state(notice), alert.severity.as_str()));
    let mut text = format!("{title}\n{happened}");
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
