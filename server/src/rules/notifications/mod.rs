//! `notifications.yaml`: who hears of alerts.
//!
//! ```yaml
//! receivers:
//!   - name: "#cost-alerts"          # shown on pages
//!     type: slack                   # or webhook, pagerduty, alertmanager
//!     url: ${SLACK_URL}             # what is in ${...} comes from the environment
//!   - name: on-call
//!     type: pagerduty
//!     routing_key: ${PAGERDUTY_KEY}
//!     title: "{{ rule }}: {{ text }}"   # words of one's own, of slack, email and pagerduty; `text` of the first two
//!     severities: [critical]        # all of them without it
//!     tenants: [acme]               # everybody's without it
//!   - name: bridge
//!     type: webhook
//!     url: http://bridge:8000/hook
//!     secret: ${BRIDGE_SECRET}      # signs what is sent
//!     private: true                 # it may be in a network around this machine
//!   - name: finance
//!     type: email
//!     url: smtp://mail.example.com:587   # or smtps://
//!     username: tracetab
//!     password: ${SMTP_PASSWORD}
//!     from: Tracetab <alerts@example.com>
//!     to: [finance@example.com]
//!     every: 1h                     # at most one message in that time, about all that happened
//! ```

use std::collections::HashSet;

use lettre::message::Mailbox;
use model::alert::Severity;
use reqwest::Url;
use serde::Deserialize;

use self::fields::{Address, Every, Schemes, Text, Type, Words, url};
use super::NOTIFICATIONS_FILE;
use super::reload::file::Sort;
use super::scalar::{Name, Parsed, given};
use crate::notify::{Kind, Receiver, Secret, Wording};

mod fields;

/// The file.
pub const RECEIVERS: Sort<Vec<Receiver>> = Sort {
    name: NOTIFICATIONS_FILE,
    noun: "receivers",
    none: "receivers: []",
    parse: |_, text| parse(text),
    count: Vec::len,
};

/// Receivers in one file: each is told of every alert.
const RECEIVERS_MAX: usize = 50;

/// Where PagerDuty listens.
const PAGERDUTY: &str = "https://events.pagerduty.com/v2/enqueue";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    receivers: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: Parsed<Name>,
    #[serde(rename = "type")]
    kind: Parsed<Type>,
    #[serde(default, deserialize_with = "given")]
    url: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    secret: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    routing_key: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    username: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    password: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    from: Option<Address>,
    #[serde(default)]
    to: Vec<Parsed<Address>>,
    #[serde(default, deserialize_with = "given")]
    title: Option<Words>,
    #[serde(default, deserialize_with = "given")]
    text: Option<Words>,
    #[serde(default, deserialize_with = "given")]
    every: Option<Every>,
    severities: Option<Vec<Parsed<Severity>>>,
    #[serde(default)]
    tenants: Vec<Parsed<Name>>,
    #[serde(default)]
    private: bool,
}

/// The receivers in `text`, or what is wrong with it, with line and column where they are known.
pub fn parse(text: &str) -> Result<Vec<Receiver>, String> {
    let file: File = serde_norway::from_str(text).map_err(|error| error.to_string())?;
    if file.receivers.len() > RECEIVERS_MAX {
        return Err(format!("{} receivers; expected at most {RECEIVERS_MAX}", file.receivers.len()));
    }
    let receivers = file.receivers.into_iter().map(receiver).collect::<Result<Vec<_>, _>>()?;
    let mut names = HashSet::new();
    match receivers.iter().find(|receiver| !names.insert(&receiver.name)) {
        Some(twice) => Err(format!("two receivers are called {:?}; expected every name once", twice.name)),
        None => Ok(receivers),
    }
}

fn receiver(entry: Entry) -> Result<Receiver, String> {
    let name = entry.name.0.0.clone();
    let of = |what: String| format!("the receiver {name:?}: {what}");
    let schemes = Schemes::of(entry.kind.0, entry.private);
    let url = entry.url.as_ref().map(|text| url(&text.0, schemes)).transpose().map_err(of)?;
    let missing = |field: &str| of(format!("expected `{field}`"));
    of_others(&entry)
        .map_or(Ok(()), |(field, kind)| Err(of(format!("`{field}` is only of a receiver of type {kind}"))))?;
    let wording = Wording { title: entry.title.map(|title| title.0), text: entry.text.map(|text| text.0) };
    let secret = |text: Text| Secret(text.0);
    let kind = match (entry.kind.0, url) {
        (Type::Webhook, Some(url)) => Kind::Webhook { url, secret: entry.secret.map(secret) },
        (Type::Slack, Some(url)) => Kind::Slack { url },
        (Type::Alertmanager, Some(url)) => Kind::Alertmanager { url },
        (Type::PagerDuty, url) => {
            let url = match url {
                Some(url) => url,
                None => Url::parse(PAGERDUTY).map_err(|error| of(error.to_string()))?,
            };
            let routing_key = entry.routing_key.map(secret).ok_or_else(|| missing("routing_key"))?;
            Kind::PagerDuty { url, routing_key }
        }
        (Type::Email, Some(url)) => {
            let credentials = match (entry.username, entry.password) {
                (Some(Text(name)), Some(password)) => Some((name, secret(password))),
                (None, None) => None,
                (Some(_), None) => return Err(missing("password")),
                (None, Some(_)) => return Err(missing("username")),
            };
            let from = entry.from.map(|address| address.0).ok_or_else(|| missing("from"))?;
            let to: Vec<Mailbox> = entry.to.into_iter().map(|address| address.0.0).collect();
            if to.is_empty() {
                return Err(missing("to"));
            }
            Kind::Email { url, credentials, from, to }
        }
        (Type::Webhook | Type::Slack | Type::Alertmanager | Type::Email, None) => return Err(missing("url")),
    };
    let severities = entry.severities.map(|some| some.into_iter().map(|severity| severity.0).collect());
    let tenants = entry.tenants.into_iter().map(|tenant| tenant.0.0).collect();
    let severities: Vec<Severity> = severities.unwrap_or_else(|| Severity::ALL.to_vec());
    if severities.is_empty() {
        return Err(of("it would be told of nothing; expected `severities` to have info, warning or critical".into()));
    }
    let every_seconds = entry.every.map(|every| every.0);
    Ok(Receiver { name, kind, wording, severities, tenants, every_seconds, is_private: entry.private })
}

/// A field that is none of the receiver's type, and which it is of.
fn of_others(entry: &Entry) -> Option<(&'static str, &'static str)> {
    let kind = entry.kind.0;
    let (is_mail, is_post, is_incident) = (kind == Type::Email, kind == Type::Slack, kind == Type::PagerDuty);
    let misplaced = [
        (entry.secret.is_some(), kind == Type::Webhook, "secret", "webhook"),
        (entry.routing_key.is_some(), is_incident, "routing_key", "pagerduty"),
        (entry.username.is_some(), is_mail, "username", "email"),
        (entry.password.is_some(), is_mail, "password", "email"),
        (entry.from.is_some(), is_mail, "from", "email"),
        (!entry.to.is_empty(), is_mail, "to", "email"),
        (entry.title.is_some(), is_mail || is_post || is_incident, "title", "slack, email or pagerduty"),
        (entry.text.is_some(), is_mail || is_post, "text", "slack or email"),
    ];
    let (.., field, kind) = misplaced.into_iter().find(|(is_given, is_right, ..)| *is_given && !is_right)?;
    Some((field, kind))
}

#[cfg(test)]
mod tests;
