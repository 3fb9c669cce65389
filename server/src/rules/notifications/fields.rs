//! The fields of a receiver as they are written.

use lettre::message::Mailbox;
use model::alert::rule::fields;
use reqwest::Url;

use crate::notify::Template;
use crate::rules::scalar::Scalar;

/// What an address may begin with.
#[derive(Clone, Copy)]
pub(super) struct Schemes {
    allowed: &'static [&'static str],
    expected: &'static str,
}

impl Schemes {
    /// HTTPS, or HTTP within a network of one's own; of a mail server SMTP, which is told to use TLS.
    pub(super) const fn of(kind: Type, is_private: bool) -> Self {
        let allowed: &[&str] = match (kind, is_private) {
            (Type::Email, _) => &["smtp", "smtps"],
            (_, true) => &["https", "http"],
            (_, false) => &["https"],
        };
        let expected = match kind {
            Type::Email => "expected `url` to be an smtp:// or smtps:// address",
            _ => "expected `url` to be an https:// address, or with `private: true` an http:// one",
        };
        Self { allowed, expected }
    }
}

/// What is wrong is said without the address, which may be a secret.
pub(super) fn url(text: &str, Schemes { allowed, expected }: Schemes) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|error| format!("{expected}: {error}"))?;
    let fits = url.has_host() && allowed.contains(&url.scheme());
    let has_password = !url.username().is_empty() || url.password().is_some();
    match (fits, has_password) {
        (false, _) => Err(expected.to_owned()),
        (true, true) => Err("expected `url` to have no name and password".to_owned()),
        (true, false) => Ok(url),
    }
}

/// A mailbox as it stands in the head of a mail.
pub(super) struct Address(pub(super) Mailbox);

impl Scalar for Address {
    const EXPECTED: &'static str = "an e-mail address such as Tracetab <alerts@example.com>";

    fn from_text(text: &str) -> Result<Self, String> {
        let mailbox = text.trim().parse();
        mailbox.map(Self).map_err(|error| format!("{text:?}: expected {}: {error}", Self::EXPECTED))
    }
}

/// Seconds between two messages.
pub(super) struct Every(pub(super) i64);

impl Scalar for Every {
    const EXPECTED: &'static str = fields::WINDOW;

    fn from_text(text: &str) -> Result<Self, String> {
        fields::window(text).map(Self)
    }
}

/// Words of one's own for what is told.
pub(super) struct Words(pub(super) Template);

impl Scalar for Words {
    const EXPECTED: &'static str = "a template such as {{ rule }} is {{ state }}";

    fn from_text(text: &str) -> Result<Self, String> {
        Template::parse(text).map(Self).map_err(|problem| format!("expected {}: {problem}", Self::EXPECTED))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Webhook,
    Slack,
    PagerDuty,
    Alertmanager,
    Email,
}

impl Scalar for Type {
    const EXPECTED: &'static str = "webhook, slack, pagerduty, alertmanager or email";

    fn from_text(text: &str) -> Result<Self, String> {
        match text.trim() {
            "webhook" => Ok(Self::Webhook),
            "slack" => Ok(Self::Slack),
            "pagerduty" => Ok(Self::PagerDuty),
            "alertmanager" => Ok(Self::Alertmanager),
            "email" => Ok(Self::Email),
            other => Err(format!("{other:?}; expected {}", Self::EXPECTED)),
        }
    }
}

/// A text that may come from the environment, in all or in part.
pub(super) struct Text(pub(super) String);

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
