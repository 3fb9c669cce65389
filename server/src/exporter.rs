//! Posts bodies to the OTLP door of a server as an exporter would: packed, and again after a pause when it cannot be taken now.
//!
//! Sending again is safe, since a span counts once however often it comes. For the demo and the import; a program that is
//! traced has the exporter of its SDK.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode, Url};
use tokio::time::Instant;

/// First pause before trying again; each is twice the one before.
const PAUSE_MIN: Duration = Duration::from_millis(250);

/// Longest pause before trying again.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Longest wait for a connection: across the world it takes a tenth of that.
const CONNECT_MAX: Duration = Duration::from_secs(5);

/// Longest wait for an answer: what exporters allow themselves.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Characters of an answer that is not ours that are told: the rest of an error page says nothing more.
const WORDS_CHARS_MAX: usize = 200;

const PROTOBUF: &str = "application/x-protobuf";

/// A connection to one address.
#[derive(Clone)]
pub struct Exporter {
    client: reqwest::Client,
    url: String,
    /// What errors call it.
    shown: String,
}

/// Why a body was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// It never could be sent, or never was the moment.
    #[error("{url} took nothing for {seconds} s; is the server running there? the last try: {last}")]
    Away {
        /// Where it was sent.
        url: String,
        /// How long that was tried.
        seconds: u64,
        /// What happened last.
        last: String,
    },
    /// It was answered, and sending it again changes nothing.
    #[error("{url} answered {status}{}{words}", if words.is_empty() { "" } else { ": " })]
    Refused {
        /// Where it was sent.
        url: String,
        /// The answer.
        status: StatusCode,
        /// What was said about it.
        words: String,
    },
}

/// How a try ended that may be repeated.
struct Later {
    why: String,
    after: Option<Duration>,
}

impl Exporter {
    /// An exporter to the server at `base`, such as `http://127.0.0.1:4318`, that calls itself `program` and has this key.
    pub fn new(base: &str, program: &str, key: Option<&str>) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            let mut key = HeaderValue::from_str(key).context("a key has letters and digits alone")?;
            key.set_sensitive(true);
            headers.insert("x-api-key", key);
        }
        // A redirected POST becomes a GET, and what answers that has taken nothing.
        let client = reqwest::Client::builder().user_agent(program).default_headers(headers).redirect(Policy::none());
        let client =
            client.connect_timeout(CONNECT_MAX).timeout(ANSWER_MAX).build().context("preparing to send spans")?;
        let url = format!("{}/v1/traces", base.trim_end_matches('/'));
        Ok(Self { client, shown: shown(&url), url })
    }

    /// Sends a body made by [`packed`] and gives the answer; `Ok` means that the server has committed what it took. Tries
    /// again for as long as `patience`, telling `waits` why.
    pub async fn post(
        &self,
        body: &Bytes,
        patience: Duration,
        mut waits: impl FnMut(&str),
    ) -> Result<Bytes, ExportError> {
        let began = Instant::now();
        let mut pause = PAUSE_MIN;
        loop {
            let later = match self.once(body.clone()).await? {
                Ok(answer) => return Ok(answer),
                Err(later) => later,
            };
            let after = later.after.unwrap_or(pause).clamp(PAUSE_MIN, PAUSE_MAX);
            if began.elapsed() + after > patience {
                let (url, seconds) = (self.shown.clone(), began.elapsed().as_secs());
                return Err(ExportError::Away { url, seconds, last: later.why });
            }
            waits(&later.why);
            tokio::time::sleep(after).await;
            pause = (pause * 2).min(PAUSE_MAX);
        }
    }

    async fn once(&self, body: Bytes) -> Result<Result<Bytes, Later>, ExportError> {
        let request = self.client.post(&self.url).header(CONTENT_TYPE, PROTOBUF).header(CONTENT_ENCODING, "gzip");
        let response = match request.body(body).send().await {
            Ok(response) => response,
            Err(error) => return Ok(Err(Later { why: cause(&error), after: None })),
        };
        let (status, after) = (response.status(), asked_for(response.headers()));
        if status == StatusCode::OK && is_protobuf(response.headers()) {
            // An answer that is cut off leaves open whether the spans were taken; they may be sent again.
            return Ok(response.bytes().await.map_err(|error| Later { why: cause(&error), after: None }));
        }
        let words = words(response).await;
        if is_retryable(status) {
            let why = if words.is_empty() { format!("it answered {status}") } else { words };
            return Ok(Err(Later { why, after }));
        }
        Err(ExportError::Refused { url: self.shown.clone(), status, words })
    }
}

/// An address as it may be seen: a proxy's password that is in it stays out of terminals and logs.
pub fn shown(address: &str) -> String {
    let Ok(mut url) = Url::parse(address) else { return address.to_owned() };
    // Only addresses without a host have no place for them.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.as_str().trim_end_matches('/').to_owned()
}

/// What OTLP calls retryable, and a body that came too slowly.
fn is_retryable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 502 | 503 | 504)
}

fn asked_for(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Everything a server of OTLP answers to protobuf is protobuf.
fn is_protobuf(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind == PROTOBUF)
}

/// What an answer says went wrong.
async fn words(response: Response) -> String {
    let is_status = is_protobuf(response.headers());
    let Ok(body) = response.bytes().await else { return String::new() };
    let ours = if is_status { wire::otlp::response::read_error(&body) } else { None };
    let text = ours.unwrap_or_else(|| String::from_utf8_lossy(&body).into_owned());
    // Of a page somewhere else there is nothing to tell.
    let text = if text.trim_start().starts_with('<') { "" } else { text.trim() };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(WORDS_CHARS_MAX).collect()
}

/// The innermost cause, which is what people can do something about: `Connection refused`.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// An encoded request as the body to post.
pub fn packed(request: &[u8]) -> anyhow::Result<Bytes> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(request).context("packing spans")?;
    Ok(packed.finish().context("packing spans")?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_is_away_is_waited_for_only_so_long() {
        // Nobody listens there.
        let exporter = Exporter::new("http://127.0.0.1:1/", "test/1", None).unwrap();
        let (body, mut waited) = (packed(b"").unwrap(), Vec::new());
        let error =
            exporter.post(&body, Duration::from_millis(600), |why| waited.push(why.to_owned())).await.unwrap_err();
        assert!(error.to_string().starts_with("http://127.0.0.1:1/v1/traces took nothing for 0 s"), "{error}");
        assert!(!waited.is_empty() && waited.iter().all(|why| why.contains("onnection refused")), "{waited:?}");
    }

    #[test]
    fn an_address_is_shown_without_its_password() {
        assert_eq!(shown("http://me:secret@example:80/a/"), "http://example/a");
        assert_eq!(shown("http://127.0.0.1:8080/v1/traces"), "http://127.0.0.1:8080/v1/traces");
    }

    #[test]
    fn what_may_be_sent_again_is_sent_again() {
        let retryable = |status: u16| is_retryable(StatusCode::from_u16(status).unwrap());
        assert!([408, 429, 502, 503, 504].into_iter().all(retryable));
        assert!(![200, 301, 400, 404, 413, 415, 500].into_iter().any(retryable));
        let headers = |value: &str| HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
        assert_eq!(asked_for(&headers("2")), Some(Duration::from_secs(2)));
        assert_eq!(asked_for(&headers("tomorrow")), None);
    }
}
