//! Who took part in a span: a service, where it listens, or both.

use model::attribute::{Attributes, Value};
use serde_json::Value as Json;

use crate::json::{self, Members, get};

/// One side of a span; what was not sent is empty, port zero included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// Name of the service.
    pub service: String,
    /// IPv4 address, else IPv6 address, as text.
    pub address: String,
    /// Port.
    pub port: u16,
}

impl Endpoint {
    /// An endpoint in JSON of either version.
    pub fn read(sent: Option<&Json>) -> Self {
        let Some(Json::Object(members)) = sent else { return Self::default() };
        let text = |name: &str| get(members, &[name]).and_then(json::text).unwrap_or_default();
        Self {
            service: text("serviceName"),
            address: Some(text("ipv4")).filter(|ipv4| !ipv4.is_empty()).unwrap_or_else(|| text("ipv6")),
            port: port(members),
        }
    }

    /// The sending process as a resource.
    pub fn resource(&self) -> Attributes {
        self.attributes("service.name", "network.local.address", "network.local.port")
    }

    /// The other side as attributes of the span.
    pub fn peer(&self) -> Attributes {
        self.attributes("service.peer.name", "network.peer.address", "network.peer.port")
    }

    fn attributes(&self, service: &str, address: &str, port: &str) -> Attributes {
        let mut attributes = Vec::new();
        for (key, text) in [(service, &self.service), (address, &self.address)] {
            if !text.is_empty() {
                attributes.push((key.into(), Value::from(text.as_str())));
            }
        }
        if self.port > 0 {
            attributes.push((port.into(), Value::Int(self.port.into())));
        }
        Attributes(attributes)
    }
}

/// Version 1 knew ports as signed 16-bit numbers, so the upper half of them may come out negative.
fn port(members: &Members) -> u16 {
    let sent = get(members, &["port"]).and_then(json::int).unwrap_or(0);
    u16::try_from(sent).or_else(|_| i16::try_from(sent).map(i16::cast_unsigned)).unwrap_or(0)
}
