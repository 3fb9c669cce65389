//! Requests to other servers: one at a time over HTTP/1.1, with or without TLS; and mail ([`mail`]).

use std::net::SocketAddr;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HOST, USER_AGENT};
use http::request::Builder;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use reqwest::Url;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

pub(crate) mod mail;
mod public;
mod tls;

const PROGRAM: &str = concat!("tracetab/", env!("CARGO_PKG_VERSION"));

/// What may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Whatever the address leads to.
    Anywhere,
    /// Nothing within the networks around this machine: whoever can write an address could ask there in our name.
    Public,
}

/// Sends `request`, whose address is completed by that of `url`. `Err` says what went wrong, and nothing that may be a secret: of the
/// address only the host.
pub(crate) async fn send(url: &Url, request: Builder, body: Bytes, reach: Reach) -> Result<Response<Incoming>, String> {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
    let name = host.trim_matches(['[', ']']);
    let cannot = |error: std::io::Error| format!("cannot connect to {host}:{port}: {error}");
    let allowed = allowed(name, port, reach).await?;
    // To what was looked at, not to what the name leads to a moment later.
    let stream = TcpStream::connect(allowed.as_slice()).await.map_err(cannot)?;
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let at = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = request.uri(path).header(HOST, at).header(USER_AGENT, PROGRAM);
    if !body.is_empty() {
        request = request.header(CONTENT_LENGTH, body.len());
    }
    let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
    if url.scheme() == "https" {
        let server = ServerName::try_from(name.to_owned()).map_err(|error| error.to_string())?;
        let stream = tls::connector().await?.connect(server, stream).await.map_err(cannot)?;
        return exchange(stream, request).await;
    }
    exchange(stream, request).await
}

/// The addresses of a name that may be reached; never none.
async fn allowed(name: &str, port: u16, reach: Reach) -> Result<Vec<SocketAddr>, String> {
    let found = tokio::net::lookup_host((name, port)).await;
    let found = found.map_err(|error| format!("cannot connect to {name}:{port}: {error}"))?;
    let is_allowed = |address: &SocketAddr| reach == Reach::Anywhere || public::is_public(address.ip());
    let allowed: Vec<SocketAddr> = found.filter(is_allowed).collect();
    if allowed.is_empty() {
        return Err(format!("{name} is at a private address; `private: true` allows that"));
    }
    Ok(allowed)
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, String> {
    let told = |error: hyper::Error| format!("it could not be read: {error}");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(told)?;
    // It ends with the answer; what goes wrong on it the answer says.
    tokio::spawn(connection);
    sender.send_request(request).await.map_err(told)
}

/// All of an answer, if it is no larger than that.
pub(crate) async fn read(body: Incoming, bytes_max: usize) -> Result<Vec<u8>, String> {
    match Limited::new(body, bytes_max).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(format!("it is larger than {bytes_max} bytes")),
        Err(error) => Err(format!("it broke off: {error}")),
    }
}
