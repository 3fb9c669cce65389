//! Posting requests, and what the answers mean.

use std::time::Duration;

use reqwest::StatusCode;
use wire::otlp::response::read_success;

use super::request::Request;
use crate::exporter::{ExportError, Exporter};

/// What it calls itself, so that an import is told from what programs send.
const PROGRAM: &str = concat!("tracetab-import/", env!("CARGO_PKG_VERSION"));

/// A connection to a server.
pub struct Sender {
    exporter: Exporter,
    patience: Duration,
}

/// What a server said to a request.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Spans that are in its database now.
    pub taken: u64,
    /// Spans that it refused, and why.
    pub refused: Vec<(u64, String)>,
    /// What it found odd.
    pub odd: Vec<String>,
}

impl Sender {
    /// A sender to the server at `base` with this key, that waits for it so long.
    pub fn new(base: &str, key: Option<&str>, patience: Duration) -> anyhow::Result<Self> {
        Ok(Self { exporter: Exporter::new(base, PROGRAM, key)?, patience })
    }

    /// Sends a request, in parts if the server takes no more at a time, and adds what it said to `answer`. An error means that
    /// there is no use in sending another.
    pub async fn send(&self, request: Request, answer: &mut Answer, mut waits: impl FnMut(&str)) -> anyhow::Result<()> {
        let mut left = vec![request];
        while let Some(request) = left.pop() {
            let spans = request.spans as u64;
            match self.exporter.post(&request.body, self.patience, &mut waits).await {
                Ok(said) => answer.understand(spans, &said)?,
                Err(ExportError::Refused { status: StatusCode::PAYLOAD_TOO_LARGE, words, .. }) => {
                    match request.halves()? {
                        Some([first, second]) => left.extend([second, first]),
                        None => answer.refused.push((spans, words)),
                    }
                }
                Err(ExportError::Refused { status: StatusCode::BAD_REQUEST, words, .. }) if !words.is_empty() => {
                    answer.refused.push((spans, words));
                }
                Err(error @ ExportError::Refused { status: StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, .. }) => {
                    return Err(anyhow::anyhow!("{error}; give a key that may ingest with --key or TRACETAB_KEY"));
                }
                Err(error @ ExportError::Refused { .. }) => {
                    return Err(anyhow::anyhow!("{error}; is a Tracetab server there? say where with --to"));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl Answer {
    fn understand(&mut self, spans: u64, said: &[u8]) -> anyhow::Result<()> {
        let Some((refused, words)) = read_success(said) else {
            anyhow::bail!("what answers there is no Tracetab server; say where it is with --to");
        };
        let refused = refused.min(spans);
        self.taken += spans - refused;
        if refused > 0 {
            self.refused.push((refused, words));
        } else if !words.is_empty() {
            self.odd.push(words);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wire::otlp::response::success_protobuf;

    use super::*;

    #[test]
    fn an_answer_tells_what_was_taken_and_what_was_not() {
        let mut answer = Answer::default();
        answer.understand(10, b"").unwrap();
        answer.understand(10, &success_protobuf(4, "too old")).unwrap();
        answer.understand(10, &success_protobuf(0, "careful")).unwrap();
        let expected = Answer { taken: 26, refused: vec![(4, "too old".into())], odd: vec!["careful".into()] };
        assert_eq!(answer, expected);
        assert!(answer.understand(10, b"<html>").unwrap_err().to_string().contains("--to"));
    }
}
