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
//!     severities: [critical]        # all of them without it
//!     tenants: [acme]               # everybody's without it
//!   - name: bridge
//!     type: webhook
//!     url: http://bridge:8000/hook
//!     secret: ${BRIDGE_SECRET}      # signs what is sent
//!     private: true                 # it may be in a network around this machine
//! ```

use std::collections::HashSet;

use model::alert::Severity;
use reqwest::Url;
use serde::Deserialize;

use super::scalar::{Name, Parsed, Scalar, given};
use crate::notify::{Kind, Receiver, Secret};

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
    let name = entry.name.0.0;
    let of = |what: String| format!("the receiver {name:?}: {what}");
    let url = entry.url.map(|text| url(&text.0, entry.private)).transpose().map_err(of)?;
    let missing = |field: &str| of(format!("expected `{field}`"));
    let only = |field: &str, kind: &str| of(format!("`{field}` is only of a receiver of type {kind}"));
    let kind = entry.kind.0;
    if entry.secret.is_some() && kind != Type::Webhook {
        return Err(only("secret", "webhook"));
    }
    if entry.routing_key.is_some() && kind != Type::PagerDuty {
        return Err(only("routing_key", "pagerduty"));
    }
    let secret = |text: Text| Secret(text.0);
    let kind = match (kind, url) {
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
        (Type::Webhook | Type::Slack | Type::Alertmanager, None) => return Err(missing("url")),
    };
    let severities = entry.severities.map(|some| some.into_iter().map(|severity| severity.0).collect());
    let tenants = entry.tenants.into_iter().map(|tenant| tenant.0.0).collect();
    let severities: Vec<Severity> = severities.unwrap_or_else(|| Severity::ALL.to_vec());
    if severities.is_empty() {
        return Err(of("it would be told of nothing; expected `severities` to have info, warning or critical".into()));
    }
    Ok(Receiver { name, kind, severities, tenants, is_private: entry.private })
}

/// HTTPS, or HTTP within a network of one's own. What is wrong is said without the address, which may be a secret.
fn url(text: &str, is_private: bool) -> Result<Url, String> {
    let expected = "expected `url` to be an https:// address, or with `private: true` an http:// one";
    let url = Url::parse(text.trim()).map_err(|error| format!("{expected}: {error}"))?;
    let fits = url.has_host() && (url.scheme() == "https" || (url.scheme() == "http" && is_private));
    let has_password = !url.username().is_empty() || url.password().is_some();
    match (fits, has_password) {
        (false, _) => Err(expected.to_owned()),
        (true, true) => Err("expected `url` to have no name and password".to_owned()),
        (true, false) => Ok(url),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Webhook,
    Slack,
    PagerDuty,
    Alertmanager,
}

impl Scalar for Type {
    const EXPECTED: &'static str = "webhook, slack, pagerduty or alertmanager";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "webhook" => Ok(Self::Webhook),
            "slack" => Ok(Self::Slack),
            "pagerduty" => Ok(Self::PagerDuty),
            "alertmanager" => Ok(Self::Alertmanager),
            other => Err(format!("{other:?}; expected {}", Self::EXPECTED)),
        }
    }
}

/// A text that may come from the environment, in all or in part.
struct Text(String);

impl Scalar for Text {
    const EXPECTED: &'static str = "a text; ${NAME} in it comes from the environment";

    fn from_text(text: &str) -> Result<Self, String> {
        let (mut rest, mut expanded) = (text.trim(), String::new());
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or("expected `}` after `${`")?;
            let value = std::env::var(name).map_err(|_| format!("the environment has no {name}"))?;
            expanded.push_str(before);
            expanded.push_str(value.trim());
            rest = after;
        }
        expanded.push_str(rest);
        if expanded.is_empty() { Err(format!("it is empty; expected {}", Self::EXPECTED)) } else { Ok(Self(expanded)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> String {
        parse(&format!("receivers:\n  - {{name: a, {text}}}\n")).unwrap_err()
    }

    #[test]
    fn receivers_are_read_as_they_are_written() {
        let all = parse(
            "receivers:\n  - {name: '#costs', type: slack, url: 'https://hooks.example/${PATH}'}\n  \
             - {name: on-call, type: pagerduty, routing_key: R0, severities: [critical], tenants: [acme]}\n  \
             - {name: bridge, type: webhook, url: 'http://10.0.0.1/hook', secret: s, private: true}\n  \
             - {name: am, type: alertmanager, url: 'https://am.example'}\n",
        )
        .unwrap();
        let kinds: Vec<&str> = all.iter().map(|receiver| receiver.kind.as_str()).collect();
        assert_eq!(kinds, ["slack", "pagerduty", "webhook", "alertmanager"]);
        assert_eq!(all[1].severities, [Severity::Critical]);
        assert_eq!(all[1].kind.url().as_str(), PAGERDUTY);
        assert_eq!((all[0].severities.len(), all[0].is_private, all[2].is_private), (3, false, true));
        assert!(!all[0].kind.url().as_str().contains("PATH"), "from the environment");
    }

    #[test]
    fn what_is_wrong_is_said_with_what_was_expected() {
        for (text, why) in [
            ("type: pigeon", "expected webhook, slack, pagerduty or alertmanager"),
            ("type: slack", "expected `url`"),
            ("type: slack, url: 'http://hooks.example/x'", "expected `url` to be an https:// address"),
            ("type: slack, url: 'https://me:pass@hooks.example'", "no name and password"),
            ("type: pagerduty", "expected `routing_key`"),
            ("type: slack, url: 'https://a.example', secret: x", "only of a receiver of type webhook"),
            ("type: slack, url: '${NO_SUCH_NAME_HERE}'", "the environment has no NO_SUCH_NAME_HERE"),
            ("type: slack, url: 'https://a.example', severities: []", "told of nothing"),
            (
                "type: slack, url: 'https://a.example', severities: [bad]",
                "expected a severity: info, warning or critical",
            ),
            ("type: slack, colour: red", "unknown field `colour`"),
        ] {
            let said = wrong(text);
            assert!(said.contains(why), "{text}: {said}");
        }
        let twice = "receivers:\n  - {name: a, type: slack, url: 'https://a.example'}\n  - {name: a, type: slack, url: 'https://b.example'}\n";
        assert!(parse(twice).unwrap_err().contains("every name once"));
    }
}
