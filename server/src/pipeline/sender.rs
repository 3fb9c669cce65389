//! Who sends: what a request tells about the program and the machine it came from, and the key it came with.

use std::net::IpAddr;
use std::sync::Arc;

use model::space::TenantSpace;

/// Characters of a program's own description that are kept: SDKs name themselves and their version in fewer.
const AGENT_CHARS_MAX: usize = 80;

/// A program on a machine. Senders with equal names share their part of the intake.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sender {
    name: Arc<str>,
    /// How much of the name is the program's own description.
    program_bytes: usize,
    /// The space of the tenant whose key it has.
    own_space: Option<Arc<TenantSpace>>,
}

impl Sender {
    /// The sender behind a request: its address and its `User-Agent`, such as `OTel-OTLP-Exporter-Python/1.39.1`.
    pub fn new(address: Option<IpAddr>, agent: Option<&str>) -> Self {
        let mut name: String = agent.map_or("unnamed", str::trim).chars().take(AGENT_CHARS_MAX).collect();
        if name.is_empty() {
            name.push_str("unnamed");
        }
        let program_bytes = name.len();
        if let Some(address) = address {
            name.push_str(" from ");
            name.push_str(&address.to_canonical().to_string());
        }
        Self { name: name.into(), program_bytes, own_space: None }
    }

    /// The same with a key of this name, which may be a tenant's.
    pub fn with_key(self, key: &str, own_space: Option<Arc<TenantSpace>>) -> Self {
        Self { name: format!("{} with the key {key}", self.name).into(), own_space, ..self }
    }

    /// Somebody of whom nothing is known.
    pub fn unknown() -> Self {
        Self::new(None, None)
    }

    /// Its name for people.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// The space its traces go to; `None` is the shared one.
    pub const fn own_space(&self) -> Option<&Arc<TenantSpace>> {
        self.own_space.as_ref()
    }

    /// What the program calls itself.
    pub fn program(&self) -> &str {
        // The end of what was written before the address.
        self.name.get(..self.program_bytes).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_program_on_a_machine() {
        let address = "::ffff:10.0.0.7".parse().ok();
        let sender = Sender::new(address, Some("exporter/1.2"));
        assert_eq!((sender.as_str(), sender.program()), ("exporter/1.2 from 10.0.0.7", "exporter/1.2"));
        assert_eq!(Sender::new(None, Some("  ")), Sender::unknown());
        assert!(Sender::new(None, Some(&"x".repeat(9_000))).as_str().len() <= AGENT_CHARS_MAX);
    }
}
