//! An address prices may be fetched from.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use reqwest::Url;

/// HTTPS, or HTTP to this machine: whoever could change prices on their way could change every bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    url: Url,
    shown: String,
    file: PathBuf,
}

impl Address {
    /// Reads an address, or says what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expected = || "expected an https:// address, or http:// to this machine".to_owned();
        let url = Url::parse(text.trim()).map_err(|error| format!("{}: {error}", expected()))?;
        let host = url.host_str().ok_or_else(expected)?;
        let is_here = host == "localhost"
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here) {
            return Err(expected());
        }
        // They would not be sent, and whoever wrote them would wait for prices.
        if !url.username().is_empty() || url.password().is_some() {
            return Err("expected an address without a name and a password; a token can be in the query".to_owned());
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{}://{host}{port}{}", url.scheme(), url.path());
        let file = PathBuf::from(url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default());
        Ok(Self { shown, file, url })
    }

    /// Where an answer sends us on to.
    pub(super) fn join(&self, location: &str) -> Result<Self, String> {
        let url = self.url.join(location).map_err(|error| format!("it leads to {location:?}: {error}"))?;
        Self::parse(url.as_str()).map_err(|why| format!("it leads elsewhere: {why}"))
    }

    /// The address itself.
    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    /// The address without its query, which may be a secret.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The name of the file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_come_over_https_or_from_this_machine() {
        for good in
            ["https://example.com/prices.json", "http://127.0.0.1:9/p.yaml", "http://[::1]/p", "http://localhost/p"]
        {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for bad in ["http://example.com/p", "file:///etc/passwd", "prices.yaml", "ftp://127.0.0.1/p"] {
            assert!(Address::parse(bad).unwrap_err().contains("expected an https:// address"), "{bad}");
        }
        let address = Address::parse("https://localhost/p").unwrap();
        assert!(address.join("http://example.com/p").is_err() && address.join("/q").is_ok());
    }

    #[test]
    fn secrets_in_an_address_are_not_shown() {
        assert!(Address::parse("https://me:pass@example.com/p").unwrap_err().contains("without a name"));
        let address = Address::parse("https://example.com:8443/a/prices.yaml?token=x").unwrap();
        assert_eq!(
            (address.shown(), address.file()),
            ("https://example.com:8443/a/prices.yaml", Path::new("prices.yaml"))
        );
    }
}
