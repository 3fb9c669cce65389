//! Whom to trust.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// Where a machine lists the certificate authorities it trusts, in this order: Debian, Red Hat, Alpine. One of one's own may be among
/// them, as where a proxy looks into what leaves a company.
const TRUSTED: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// Names a list that is used instead, as OpenSSL and what is like it do.
const TRUSTED_FILE: &str = "SSL_CERT_FILE";

/// TLS with the certificate authorities that browsers trust, and those that this machine does.
pub(super) async fn connector() -> Result<TlsConnector, String> {
    // A list of certificates is a file of some hundred kilobytes.
    tokio::task::spawn_blocking(read).await.map_err(|error| error.to_string())?
}

/// The certificates of the authorities that this machine trusts.
pub(super) async fn trusted_here() -> Result<Vec<Vec<u8>>, String> {
    let read = || listed().map(|certificate| certificate.to_vec()).collect();
    tokio::task::spawn_blocking(read).await.map_err(|error| error.to_string())
}

/// A list that is not there, and a certificate in it that cannot be read, leave the others.
fn listed() -> impl Iterator<Item = CertificateDer<'static>> {
    let named = std::env::var_os(TRUSTED_FILE).map(PathBuf::from);
    let known = TRUSTED.iter().map(PathBuf::from);
    let list = named.into_iter().chain(known).find_map(|path| CertificateDer::pem_file_iter(path).ok());
    list.into_iter().flatten().flatten()
}

fn read() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(listed());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
