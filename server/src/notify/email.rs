//! What is sent as an e-mail: plain text, one message for the alerts of one group.
//!
//! A message that is sent again has the id it had, and those about one alert are replies to one that never was: mail programs show
//! them as one conversation.

use std::fmt::Write as _;
use std::time::SystemTime;

use lettre::Message;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;

use super::labels::who;
use super::wording::{plain, word};
use super::{Notice, Wording, page};

/// Characters of a subject: what a list of mails shows of it.
const SUBJECT_CHARS_MAX: usize = 150;

/// The message about `notices`, which are of one group; `Err` says what is wrong with an address.
pub(super) fn message(
    (from, to): (&Mailbox, &[Mailbox]),
    wording: &Wording,
    notices: &[Notice],
    home: &str,
) -> Result<Message, String> {
    let host = home.split("//").nth(1).unwrap_or(home).split(['/', ':']).next().unwrap_or_default();
    let ids = notices.iter().map(|notice| notice.id.to_string()).collect::<Vec<_>>().join("-");
    let when = notices.iter().map(|notice| notice.entry.at).max();
    let mut message = Message::builder()
        .from(from.clone())
        .subject(subject(wording, notices, home))
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
    message.body(body(wording, notices, home)).map_err(|error| error.to_string())
}

fn subject(wording: &Wording, notices: &[Notice], home: &str) -> String {
    let Some(first) = notices.first() else { return String::new() };
    let more = if notices.len() > 1 { format!(" and {} more", notices.len() - 1) } else { String::new() };
    let usual = || format!("[{}, {}] {}", word(first.entry.state), first.alert.severity, first.alert.rule);
    let said = wording.title(first, home, plain).unwrap_or_else(usual) + &more;
    said.chars().take(SUBJECT_CHARS_MAX).collect()
}

fn body(wording: &Wording, notices: &[Notice], home: &str) -> String {
    let mut text = String::new();
    for notice in notices {
        if let Some(own) = wording.text(notice, home, plain) {
            text.push_str(&own);
            text.push_str("\n\n\n");
            continue;
        }
        let alert = &notice.alert;
        // A text takes whatever is written to it.
        let _ =
            write!(text, "{} is {} ({})\n{}", alert.rule, word(notice.entry.state), alert.severity, notice.entry.text);
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
