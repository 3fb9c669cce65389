//! The doors: one transport per file. Each reads a body within its limits, decodes it with `wire`, hands the spans to the
//! pipeline, and answers in its protocol's words once they are committed.
//!
//! A door never touches the database. To add one: a file here that says how its protocol answers, and a line in `router`.

use std::time::Duration;

use axum::response::Response;
use http::header::CONNECTION;
use http::{HeaderValue, StatusCode};
use model::ingest::TurnedAway;

use crate::pipeline::{Busy, Pipeline};

pub use attempt::last_resort;

mod attempt;
pub mod body;
pub mod collector;
pub mod grpc;
pub mod jaeger;
pub mod native;
pub mod otlp;
pub mod otlp_grpc;
pub mod otlp_http;
mod refused;
pub mod rpc;
mod sender;
mod unpack;
pub mod zipkin;

/// What the doors share.
#[derive(Clone)]
pub struct Doors {
    /// Where spans go.
    pub pipeline: Pipeline,
    /// Largest body after decompression.
    pub body_bytes_max: usize,
    /// Longest a body may take to arrive.
    pub body_timeout: Duration,
}

/// Bodies smaller than this are decoded where they are; larger ones off the async threads (about 5 ns per byte: 1 ms).
const INLINE_BYTES_MAX: usize = 256 * 1024;

/// Says that the connection ends with an answer given before the body was read to its end, as it then does: a client that
/// was not told would send its next request into it. Only a body that was read can be a bad request.
pub async fn close_unread(mut response: Response) -> Response {
    let status = response.status();
    if (status.is_client_error() || status.is_server_error()) && status != StatusCode::BAD_REQUEST {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

impl Doors {
    /// Runs a decoder, off the async threads when the body is large. An error is that it panicked, which is logged.
    async fn decode<T: Send + 'static>(
        &self,
        body: bytes::Bytes,
        decoder: impl FnOnce(&[u8]) -> T + Send + 'static,
    ) -> Result<T, Busy> {
        if body.len() <= INLINE_BYTES_MAX {
            return Ok(decoder(&body));
        }
        tokio::task::spawn_blocking(move || decoder(&body)).await.map_err(|error| {
            tracing::error!(%error, "a body could not be decoded");
            self.pipeline.turned_away(TurnedAway::Failed, 0);
            Busy::Failed
        })
    }
}
