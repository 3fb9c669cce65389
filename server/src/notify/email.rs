//! What is sent as an e-mail: plain text, one message for the alerts of one group.
//!
//! A message that is sent again has the id it had, and those about one alert are replies to one that never was: mail programs show
//! them as one conversation.

use std::fmt::Write as _;
use std::time::SystemTime;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use model::alert::State;

use super::labels::who;
use super::{Notice, page};

/// Characters of a subject: what a list of mails shows of it.
const SUBJECT_CHARS_MAX: usize = 150;

/// The message about `notices`, which are of one group; `Err` says what is wrong with an address.
pub(super) fn message(from: &Mailbox, to: &[Mailbox], notices: &[Notice], home: &str) -> Result<Message, String> {
    let host = home.split("//").nth(1).unwrap_or(home).split(['/', ':']).next().unwrap_or_default();
    let ids = notices.iter().map(|notice| notice.id.to_string()).collect::<Vec<_>>().join("-");
    let when = notices.iter().map(|notice| notice.entry.at).max();
    let mut message = Message::builder()
        .from(from.clone())
        .subject(subject(notices))
        .message_id(Some(format!("<tracetab-{ids}@{host}>")))
        .date(when.map_or_else(SystemTime::now, SystemTime::from))
        .header(ContentType::TEXT_PLAIN);
    for mailbox in to {
        message = message.to(mailbox.clone());
    }
    if let [notice] = notices {
        let conversation = format!("<tracetab-alert-{}@{host}>", notice.alert.id);
        message = message.in_reply_to(conversation.clone()).references(conversation);
    }
    message.body(body(notices, home)).map_err(|error| error.to_string())
}

fn subject(notices: &[Notice]) -> String {
    let Some(first) = notices.first() else { return String::new() };
    let more = if notices.len() > 1 { format!(" and {} more", notices.len() - 1) } else { String::new() };
    let said = format!("[{}, {}] {}{more}", word(first), first.alert.severity, first.alert.rule);
    said.chars().take(SUBJECT_CHARS_MAX).collect()
}

const fn word(notice: &Notice) -> &'static str {
    match notice.entry.state {
        State::Firing | State::Pending => "firing",
        State::Acknowledged => "acknowledged",
        State::Snoozed => "snoozed",
        State::Resolved => "resolved",
    }
}

fn body(notices: &[Notice], home: &str) -> String {
    let mut text = String::new();
    for notice in notices {
        let alert = &notice.alert;
        // A text takes whatever is written to it.
        let _ = write!(text, "{} is {} ({})\n{}", alert.rule, word(notice), alert.severity, notice.entry.text);
        if let Some(by) = &notice.entry.by {
            let _ = write!(text, ", by {by}");
        }
        let _ = write!(text, "\n{}\n\n", who(alert));
        let _ = writeln!(text, "  Alert    {}", page(home, alert));
        if let Some(trace) = notice.trace {
            let _ = writeln!(text, "  Trace    {home}/traces/{trace}");
        }
        if let Some(runbook) = &alert.runbook {
            let _ = writeln!(text, "  Runbook  {runbook}");
        }
        text.push_str("\n\n");
    }
    text
}
