//! The doors: one transport per file. Each asks for a key ([`crate::keys::gate`]), reads a body within its limits, decodes it with `wire`, hands the spans to the
//! pipeline, and answers in its protocol's words once they are committed.
//!
//! A door never touches the database. To add one: a file here that says how its protocol answers, and a line in `router`.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::header::CONNECTION;
use http::{HeaderValue, StatusCode};

use crate::keys::gate::Says;
use crate::keys::{Gate, KeyRing, Need};
use crate::pipeline::Pipeline;

pub use attempt::last_resort;

mod attempt;
pub mod body;
pub mod collector;
pub mod commit;
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
    /// Who reads large bodies.
    pub turns: commit::Turns,
    /// Who may send.
    pub keys: Arc<KeyRing>,
}

impl Doors {
    /// What asks senders for a key, and says no in the words of a protocol.
    fn gate(&self, says: Says) -> Gate {
        Gate::new(self.keys.clone(), Need::Ingest, says)
    }
}

/// Says that the connection ends with an answer given before the body was read to its end, as it then does: a client that
/// was not told would send its next request into it. Only a body that was read can be a bad request.
pub async fn close_unread(mut response: Response) -> Response {
    let status = response.status();
    if (status.is_client_error() || status.is_server_error()) && status != StatusCode::BAD_REQUEST {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
