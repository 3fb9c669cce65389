//! Posts spans to an OTLP/HTTP address as an exporter would: protobuf, gzip, again after a pause when asked to wait.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use wire::RawSpan;

/// Tries of one request before giving up: with pauses of up to [`PAUSE_MAX`], a database restart is survived.
const ATTEMPTS_MAX: u32 = 12;

/// Longest pause before trying again.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// Longest wait for an answer: what exporters allow themselves.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// What it calls itself, so that the demo is told from what people send.
const PROGRAM: &str = concat!("tracetab-demo/", env!("CARGO_PKG_VERSION"));

/// A connection to one address.
#[derive(Clone)]
pub struct Sender {
    client: reqwest::Client,
    url: String,
}

impl Sender {
    /// A sender to the server at `base`, such as `http://127.0.0.1:4318`.
    pub fn new(base: &str) -> anyhow::Result<Self> {
        let client = reqwest::Client::builder().user_agent(PROGRAM).timeout(ANSWER_MAX).build();
        let client = client.context("preparing to send demo data")?;
        Ok(Self { client, url: format!("{}/v1/traces", base.trim_end_matches('/')) })
    }

    /// Sends a body made by [`body`]; `Ok` means that the server has committed it.
    pub async fn post(&self, body: Bytes) -> anyhow::Result<()> {
        let mut pause = Duration::from_millis(250);
        for _ in 0..ATTEMPTS_MAX {
            let request = self.client.post(&self.url).header(CONTENT_TYPE, "application/x-protobuf");
            let sent = request.header(CONTENT_ENCODING, "gzip").body(body.clone()).send().await;
            match sent {
                Ok(response) if response.status() == StatusCode::OK => return complain(response).await,
                Ok(response) if is_retryable(response.status()) => pause = asked_for(&response).unwrap_or(pause),
                Ok(response) => bail!("{} answered {} to demo data", self.url, response.status()),
                Err(error) => tracing::debug!(%error, "demo data could not be sent; trying again"),
            }
            tokio::time::sleep(pause.min(PAUSE_MAX)).await;
            pause *= 2;
        }
        bail!("{} took no demo data in {ATTEMPTS_MAX} attempts; is the server running there?", self.url)
    }
}

/// A partial success is no reason to stop, but one to look into.
async fn complain(response: Response) -> anyhow::Result<()> {
    let answer = response.bytes().await.context("reading the answer to demo data")?;
    if !answer.is_empty() {
        tracing::warn!(answer = %String::from_utf8_lossy(&answer), "some of the demo data was refused");
    }
    Ok(())
}

/// What OTLP calls retryable.
fn is_retryable(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

fn asked_for(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Spans as the body of a request.
pub fn body(spans: &[RawSpan]) -> anyhow::Result<Bytes> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(&wire::otlp::protobuf::encode(spans)).context("packing demo data")?;
    Ok(packed.finish().context("packing demo data")?.into())
}
