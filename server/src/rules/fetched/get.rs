//! Asks an address for prices: one GET over HTTP/1.1, with or without TLS, that reads so much and waits so long.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ETAG, IF_NONE_MATCH, LOCATION};
use http::{HeaderMap, HeaderName, Request, StatusCode};
use hyper::body::Incoming;

use super::address::Address;
use crate::outgoing::{self, Reach};

/// Largest file: the whole book of the `genai-prices` project has 0.8 MB, and all of it is held in memory.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Longest it may take, from the first packet to the last. A server that stops waits for it.
const WAIT_MAX: Duration = Duration::from_secs(15);

/// Answers that send us elsewhere: releases of a repository take two.
const REDIRECTS_MAX: usize = 4;

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
                return Ok(Got::New { body: outgoing::read(response.into_body(), BYTES_MAX).await?, etag });
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
    let mut request = Request::get("/").header(ACCEPT, "*/*");
    if let Some(etag) = etag {
        request = request.header(IF_NONE_MATCH, etag);
    }
    // Whoever starts the server says where prices come from.
    outgoing::send(address.url(), request, Bytes::new(), Reach::Anywhere).await
}
