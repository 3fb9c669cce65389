//! Sends what the demo has drawn.

use std::time::Duration;

use anyhow::bail;
use bytes::Bytes;
use wire::RawSpan;

use crate::exporter::{Exporter, packed};

/// Longest wait for a server that takes nothing: a database restart is survived.
const PATIENCE: Duration = Duration::from_secs(45);

/// What it calls itself, so that the demo is told from what people send.
const PROGRAM: &str = concat!("tracetab-demo/", env!("CARGO_PKG_VERSION"));

/// A connection to one address.
#[derive(Clone)]
pub struct Sender(Exporter);

impl Sender {
    /// A sender to the server at `base`, such as `http://127.0.0.1:4318`, with this key.
    pub fn new(base: &str, key: Option<&str>) -> anyhow::Result<Self> {
        Ok(Self(Exporter::new(base, PROGRAM, key)?))
    }

    /// Sends a body made by [`body`]; `Ok` means that the server has committed it.
    pub async fn post(&self, body: Bytes) -> anyhow::Result<()> {
        let waits = |why: &str| tracing::debug!(why, "demo data could not be sent; trying again");
        let answer = match self.0.post(&body, PATIENCE, waits).await {
            Ok(answer) => answer,
            Err(error) => bail!("demo data was not taken: {error}"),
        };
        // A partial success is no reason to stop, but one to look into.
        if !answer.is_empty() {
            tracing::warn!(answer = %String::from_utf8_lossy(&answer), "some of the demo data was refused");
        }
        Ok(())
    }
}

/// Spans as the body of a request.
pub fn body(spans: &[RawSpan]) -> anyhow::Result<Bytes> {
    packed(&wire::otlp::protobuf::encode(spans))
}
