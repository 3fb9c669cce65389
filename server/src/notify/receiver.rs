//! Who hears of alerts.

use std::fmt;

use lettre::message::Mailbox;
use model::alert::Severity;
use model::alert::receiver::ReceiverLine;
use reqwest::Url;

use super::Wording;
use crate::outgoing::Reach;

/// What must not be seen in logs or on pages.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// One that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// What it is called on pages and in answers.
    pub name: String,
    /// What it is and where.
    pub kind: Kind,
    /// What it is told in.
    pub wording: Wording,
    /// Of which alerts it is told by how bad they are.
    pub severities: Vec<Severity>,
    /// Of whose alerts; without any, of everybody's.
    pub tenants: Vec<String>,
    /// How often it is told at most, in seconds: what happens in between is told of together.
    pub every_seconds: Option<i64>,
    /// Whether it may be in a network around this machine.
    pub is_private: bool,
}

/// What a receiver is. An address may be a secret itself.
#[derive(Clone, PartialEq, Eq)]
pub enum Kind {
    /// Takes what Alertmanager's webhook receivers take, version 4.
    Webhook {
        /// Where it listens.
        url: Url,
        /// What messages are signed with.
        secret: Option<Secret>,
    },
    /// An incoming webhook of Slack, or of what takes the same.
    Slack {
        /// Where it listens.
        url: Url,
    },
    /// PagerDuty's Events API v2.
    PagerDuty {
        /// Where it listens.
        url: Url,
        /// The service it is for.
        routing_key: Secret,
    },
    /// An Alertmanager, API v2.
    Alertmanager {
        /// Where it listens, without the path of the API.
        url: Url,
    },
    /// People, by e-mail.
    Email {
        /// The SMTP server.
        url: Url,
        /// Name and password there.
        credentials: Option<(String, Secret)>,
        /// Who sends it.
        from: Mailbox,
        /// Who gets it.
        to: Vec<Mailbox>,
    },
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Kind {
    /// Its name in the file.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Slack { .. } => "slack",
            Self::PagerDuty { .. } => "pagerduty",
            Self::Alertmanager { .. } => "alertmanager",
            Self::Email { .. } => "email",
        }
    }

    /// Where it listens.
    pub const fn url(&self) -> &Url {
        match self {
            Self::Webhook { url, .. }
            | Self::Slack { url }
            | Self::PagerDuty { url, .. }
            | Self::Alertmanager { url }
            | Self::Email { url, .. } => url,
        }
    }

    /// Alerts told of in one message.
    pub const fn together_max(&self) -> usize {
        match self {
            Self::PagerDuty { .. } => 1,
            Self::Slack { .. } => 10,
            Self::Webhook { .. } | Self::Alertmanager { .. } | Self::Email { .. } => 100,
        }
    }

    /// Whether one message is about the alerts of one tenant.
    const fn is_grouped(&self) -> bool {
        matches!(self, Self::Webhook { .. } | Self::Slack { .. } | Self::Email { .. })
    }

    /// Whether it is told that somebody has taken or silenced an alert.
    pub const fn takes_holds(&self) -> bool {
        matches!(self, Self::Slack { .. } | Self::PagerDuty { .. })
    }
}

impl Receiver {
    /// Whether one message is about the alerts of one tenant: what is told of seldom is told of at once.
    pub const fn is_grouped(&self) -> bool {
        self.kind.is_grouped() && self.every_seconds.is_none()
    }

    /// As pages show it: of the address, only the host.
    pub fn line(&self) -> ReceiverLine {
        ReceiverLine {
            name: self.name.clone(),
            kind: self.kind.as_str().to_owned(),
            host: self.kind.url().host_str().unwrap_or_default().to_owned(),
            severities: self.severities.clone(),
            tenants: self.tenants.clone(),
            every_seconds: self.every_seconds,
        }
    }

    /// What may be reached for it.
    pub(crate) const fn reach(&self) -> Reach {
        if self.is_private { Reach::Anywhere } else { Reach::Public }
    }
}

/// A line as `tracetab check-rules` shows it: of the address, only the host.
impl fmt::Display for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.kind.url().host_str().unwrap_or_default();
        let severities: Vec<&str> = self.severities.iter().map(|severity| severity.as_str()).collect();
        write!(f, "{}  {} at {host}, told of {}", self.name, self.kind.as_str(), severities.join(", "))?;
        if self.tenants.is_empty() { Ok(()) } else { write!(f, " of {}", self.tenants.join(", ")) }
    }
}
