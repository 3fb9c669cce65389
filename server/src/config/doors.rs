//! Where the doors listen: one address per protocol, each of which can be closed.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use model::health::Endpoints;

/// The addresses of the doors that have a port of their own.
#[derive(Debug, Clone, clap::Args)]
pub struct DoorAddresses {
    /// Where OTLP over HTTP listens; `off` closes this door
    #[arg(long, env = "TRACETAB_OTLP_HTTP_ADDR", value_name = "ADDRESS|off", default_value = "127.0.0.1:4318", value_parser = door)]
    pub otlp_http_addr: Door,

    /// Where OTLP over gRPC listens; `off` closes this door
    #[arg(long, env = "TRACETAB_OTLP_GRPC_ADDR", value_name = "ADDRESS|off", default_value = "127.0.0.1:4317", value_parser = door)]
    pub otlp_grpc_addr: Door,

    /// Where Zipkin's collector protocol listens; `off` closes this door
    #[arg(long, env = "TRACETAB_ZIPKIN_ADDR", value_name = "ADDRESS|off", default_value = "127.0.0.1:9411", value_parser = door)]
    pub zipkin_addr: Door,

    /// Where Jaeger's collector protocol (Thrift over HTTP) listens; `off` closes this door
    #[arg(long, env = "TRACETAB_JAEGER_ADDR", value_name = "ADDRESS|off", default_value = "127.0.0.1:14268", value_parser = door)]
    pub jaeger_addr: Door,
}

/// What is spoken at a door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// OTLP over HTTP.
    OtlpHttp,
    /// OTLP over gRPC.
    OtlpGrpc,
    /// Zipkin's collector.
    Zipkin,
    /// Jaeger's collector, Thrift over HTTP.
    Jaeger,
}

impl Protocol {
    /// Where its address is told.
    pub const fn endpoint(self, endpoints: &mut Endpoints) -> &mut Option<String> {
        match self {
            Self::OtlpHttp => &mut endpoints.otlp_http,
            Self::OtlpGrpc => &mut endpoints.otlp_grpc,
            Self::Zipkin => &mut endpoints.zipkin,
            Self::Jaeger => &mut endpoints.jaeger,
        }
    }
}

/// A port that may be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Listens here.
    Open(SocketAddr),
    /// Does not listen.
    Closed,
}

impl DoorAddresses {
    /// Every door with the setting that moves it.
    pub const fn all(&self) -> [(Protocol, &'static str, Door); 4] {
        [
            (Protocol::OtlpHttp, "TRACETAB_OTLP_HTTP_ADDR", self.otlp_http_addr),
            (Protocol::OtlpGrpc, "TRACETAB_OTLP_GRPC_ADDR", self.otlp_grpc_addr),
            (Protocol::Zipkin, "TRACETAB_ZIPKIN_ADDR", self.zipkin_addr),
            (Protocol::Jaeger, "TRACETAB_JAEGER_ADDR", self.jaeger_addr),
        ]
    }
}

/// Whether only this machine can reach the address.
pub const fn is_loopback(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_loopback(),
    }
}

/// Reads an address as a person types it.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let expected = "expected an address and a port, such as 127.0.0.1:8080 or [::1]:8080";
    text.to_socket_addrs().map_err(|_| expected.to_owned())?.next().ok_or_else(|| expected.to_owned())
}

fn door(text: &str) -> Result<Door, String> {
    match text {
        "off" => Ok(Door::Closed),
        _ => address(text).map(Door::Open).map_err(|error| format!("{error}, or `off`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_door_is_an_address_or_off() {
        assert_eq!(door("off"), Ok(Door::Closed));
        assert_eq!(door("127.0.0.1:4318"), Ok(Door::Open(([127, 0, 0, 1], 4318).into())));
        let message = door("4318").unwrap_err();
        assert!(message.contains("127.0.0.1:8080") && message.contains("off"), "{message}");
    }
}
