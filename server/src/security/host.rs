//! Which names this server answers to.
//!
//! A page elsewhere can point its own name at 127.0.0.1 and so read and write here as if it were ours (DNS rebinding).
//! Such a request carries that name as its host. Addresses cannot be pointed elsewhere, so they always pass.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::HOST;

use crate::config::Config;

/// The names that pass.
#[derive(Debug, Clone)]
pub struct Hosts {
    /// `None`: all of them, since everyone may come in anyway.
    names: Option<Arc<[String]>>,
}

impl Hosts {
    /// The names of the settings, or any when the server is open to everyone.
    pub fn of(config: &Config) -> Self {
        Self { names: (!config.insecure_bind).then(|| config.hosts.clone().into()) }
    }

    fn knows(&self, host: &str) -> bool {
        let Some(names) = &self.names else { return true };
        let name = name_of(host);
        name.parse::<IpAddr>().is_ok()
            || name.eq_ignore_ascii_case("localhost")
            || names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
}

/// Lets requests to known names pass.
pub async fn check(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let named = request.headers().get(HOST).map(|host| host.to_str().unwrap_or("unreadable"));
    let host = named.or_else(|| request.uri().authority().map(http::uri::Authority::as_str));
    match host {
        Some(host) if !hosts.knows(host) => {
            let name = name_of(host);
            let message =
                format!("this server does not know itself as {name:?}; set TRACETAB_HOSTS={name} if it should\n");
            (StatusCode::MISDIRECTED_REQUEST, message).into_response()
        }
        _ => next.run(request).await,
    }
}

/// The host without its port, and an IPv6 address without its brackets.
fn name_of(host: &str) -> &str {
    if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    host.rsplit_once(':').map_or(host, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(args: &[&'static str]) -> Hosts {
        Hosts::of(&Config::from_args(args.iter().copied()).unwrap())
    }

    #[test]
    fn addresses_localhost_and_named_hosts_pass() {
        let hosts = hosts(&["--hosts", "traces.example,other.example"]);
        for host in ["127.0.0.1:8080", "[::1]:8080", "localhost", "LOCALHOST:8080", "other.example:443"] {
            assert!(hosts.knows(host), "{host}");
        }
    }

    #[test]
    fn a_name_somebody_pointed_at_us_does_not() {
        let hosts = hosts(&[]);
        for host in ["evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example:8080", "unreadable", ""] {
            assert!(!hosts.knows(host), "{host}");
        }
    }

    #[test]
    fn a_server_open_to_everyone_has_any_name() {
        assert!(hosts(&["--insecure-bind", "1"]).knows("tracetab.internal:8080"));
    }
}
