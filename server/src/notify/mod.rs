//! Notifications: who hears of what happens to alerts, and what they are told.
//!
//! Who is in `notifications.yaml` ([`crate::rules::notifications`]). What happens is put into an outbox with the history that says
//! so; the job `notify` makes a notification of it for each receiver and delivers it until it is taken.
//! To add a kind of receiver: a variant of [`Kind`], a module that says what it is told, a line in [`message`].

mod alertmanager;
mod email;
mod labels;
mod pagerduty;
mod receiver;
mod slack;
#[cfg(test)]
mod tests;
mod webhook;
mod wording;

use bytes::Bytes;
use http::HeaderName;
use http::header::CONTENT_TYPE;
use model::TraceId;
use model::alert::{Alert, HistoryEntry};

pub use receiver::{Kind, Receiver, Secret};
pub use wording::{Template, Wording};

/// One thing that happened to an alert, for one receiver.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Of the notification: the same however often it is sent.
    pub id: i64,
    /// What happened.
    pub entry: HistoryEntry,
    /// The alert as it is now.
    pub alert: Alert,
    /// Whose it was when it was first told of, if anybody's: what it is grouped by.
    pub tenant: Option<String>,
    /// The dearest trace behind it, by what it is called.
    pub trace: Option<TraceId>,
}

/// What is posted to a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where, behind the address of the receiver.
    pub path: &'static str,
    /// Headers beside those of every request.
    pub headers: Vec<(HeaderName, String)>,
    /// JSON.
    pub body: Bytes,
}

impl Message {
    fn json(body: &serde_json::Value) -> Self {
        let headers = vec![(CONTENT_TYPE, "application/json".to_owned())];
        Self { path: "", headers, body: Bytes::from(body.to_string()) }
    }
}

/// What a receiver is told, and how.
pub enum Told {
    /// Posted over HTTP.
    Posted(Message),
    /// Sent by e-mail; `Err` says why there is none.
    Mailed(Result<lettre::Message, String>),
}

/// What `receiver` is told of `notices`, which are of one group; links lead to the dashboard at `home`.
pub fn message(receiver: &Receiver, notices: &[Notice], home: &str) -> Told {
    let wording = &receiver.wording;
    Told::Posted(match &receiver.kind {
        Kind::Webhook { secret, .. } => webhook::message(&receiver.name, secret.as_ref(), notices, home),
        Kind::Slack { .. } => Message::json(&slack::body(wording, notices, home)),
        Kind::PagerDuty { routing_key, .. } => Message::json(&pagerduty::body(routing_key, wording, notices, home)),
        Kind::Alertmanager { .. } => {
            Message { path: "/api/v2/alerts", ..Message::json(&alertmanager::body(notices, home)) }
        }
        Kind::Email { from, to, .. } => return Told::Mailed(email::message((from, to), wording, notices, home)),
    })
}

/// The page of an alert.
fn page(home: &str, alert: &Alert) -> String {
    format!("{home}/alerts/{}", alert.id)
}
