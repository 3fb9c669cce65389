//! Jaeger's collector: `POST /api/traces`, a batch in binary Thrift (jaeger-idl, "jaeger.thrift").

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::post;
use http::StatusCode;

use super::Doors;
use super::collector::{Reading, content_type, says_no, take, wrong_content_type, wrong_method};
use crate::keys::gate;
use crate::pipeline::{Encoding, Sender};

const THRIFT: Reading = Reading { encoding: Encoding::JaegerThrift, format: wire::jaeger::thrift::FORMAT };

/// The route of this protocol.
pub fn routes(doors: Doors) -> Router {
    Router::new()
        .route("/api/traces", post(batch).fallback(wrong_method))
        .layer(from_fn_with_state(doors.gate(says_no), gate::pass))
        .with_state(doors)
}

/// What everything else on this port is told.
pub async fn elsewhere() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "this port takes Jaeger batches in binary Thrift: POST /api/traces\n")
}

async fn batch(State(doors): State<Doors>, sender: Sender, request: Request) -> Response {
    let kind = content_type(request.headers());
    match kind.as_str() {
        "application/x-thrift" | "application/vnd.apache.thrift.binary" => take(&doors, sender, THRIFT, request).await,
        _ => {
            let expected = "application/x-thrift or application/vnd.apache.thrift.binary";
            wrong_content_type(&doors, &sender, &kind, expected).await
        }
    }
}
