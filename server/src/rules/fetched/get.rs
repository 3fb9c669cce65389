//! Asks an address for prices: one GET over HTTP/1.1, with or without TLS, that reads so much and waits so long.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ETAG, HOST, IF_NONE_MATCH, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderName, Request, StatusCode};
use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::address::Address;

/// Largest file: the whole book of the `genai-prices` project has 0.8 MB, and all of it is held in memory.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Longest it may take, from the first packet to the last. A server that stops waits for it.
const WAIT_MAX: Duration = Duration::from_secs(15);

/// Answers that send us elsewhere: releases of a repository take two.
const REDIRECTS_MAX: usize = 4;

const PROGRAM: &str = concat!("tracetab/", env!("CARGO_PKG_VERSION"));

/// What was answered.
pub(super) enum Got {
    /// It is the version that is known already.
    Unchanged,
    /// Another one.
    New {
        /// The file.
        body: Vec<u8>,
        /// What its server calls this version.
        etag: Option<String>,
    },
}

/// Asks for the file, unless it is still the version called `etag`. `Err` says why there is none.
pub(super) async fn get(address: &Address, etag: Option<&str>) -> Result<Got, String> {
    match tokio::time::timeout(WAIT_MAX, follow(address, etag)).await {
        Ok(result) => result,
        Err(_) => Err(format!("it did not arrive within {} seconds", WAIT_MAX.as_secs())),
    }
}

async fn follow(address: &Address, etag: Option<&str>) -> Result<Got, String> {
    let mut address = address.clone();
    for _ in 0..=REDIRECTS_MAX {
        let response = ask(&address, etag).await?;
        let header = |name: HeaderName| text(response.headers(), name);
        match response.status() {
            StatusCode::NOT_MODIFIED if etag.is_some() => return Ok(Got::Unchanged),
            StatusCode::OK => {
                let etag = header(ETAG);
                return Ok(Got::New { body: read(response.into_body()).await?, etag });
            }
            status if status.is_redirection() => {
                let location = header(LOCATION).ok_or_else(|| format!("it was answered with {status}"))?;
                address = address.join(&location)?;
            }
            status => return Err(format!("it was answered with {status}")),
        }
    }
    Err(format!("it leads on more than {REDIRECTS_MAX} times"))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

async fn ask(address: &Address, etag: Option<&str>) -> Result<http::Response<Incoming>, String> {
    let url = address.url();
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let name = host.trim_matches(['[', ']']);
    let cannot = |error: std::io::Error| format!("cannot connect to {host}:{port}: {error}");
    let stream = TcpStream::connect((name, port)).await.map_err(cannot)?;
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::get(path).header(HOST, host).header(USER_AGENT, PROGRAM).header(ACCEPT, "*/*");
    if let Some(etag) = etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    let request = request.body(Empty::new()).map_err(|error| error.to_string())?;
    if url.scheme() == "https" {
        let server = ServerName::try_from(name.to_owned()).map_err(|error| error.to_string())?;
        // A list of certificates is a file of some hundred kilobytes.
        let tls = tokio::task::spawn_blocking(tls).await.map_err(|error| error.to_string())??;
        let stream = tls.connect(server, stream).await.map_err(cannot)?;
        return send(stream, request).await;
    }
    send(stream, request).await
}

/// Where a machine lists the certificate authorities it trusts, in this order: Debian, Red Hat, Alpine. One of one's own may be among
/// them, as where a proxy looks into what leaves a company.
const TRUSTED: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];

/// TLS with the certificate authorities that browsers trust, and those that this machine does.
fn tls() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    // A list that is not there, and a certificate in it that cannot be read, leave the others.
    let listed = TRUSTED.iter().find_map(|path| CertificateDer::pem_file_iter(path).ok());
    roots.add_parsable_certificates(listed.into_iter().flatten().flatten());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

async fn send(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Empty<Bytes>>,
) -> Result<http::Response<Incoming>, String> {
    let told = |error: hyper::Error| format!("it could not be read: {error}");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(told)?;
    // It ends with the answer; what goes wrong on it the answer says.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(told)
}

async fn read(body: Incoming) -> Result<Vec<u8>, String> {
    match Limited::new(body, BYTES_MAX).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(format!("it is larger than {BYTES_MAX} bytes")),
        Err(error) => Err(format!("it broke off: {error}")),
    }
}
