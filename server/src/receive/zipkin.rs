//! Zipkin's collector: `POST /api/v2/spans` in JSON or protobuf, `POST /api/v1/spans` in JSON (zipkin-api, "zipkin2-api").

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

const JSON: Reading = Reading { encoding: Encoding::ZipkinJson, format: wire::zipkin::JSON };
const OLD_JSON: Reading = Reading { encoding: Encoding::ZipkinJson, format: wire::zipkin::V1_JSON };
const PROTOBUF: Reading = Reading { encoding: Encoding::ZipkinProtobuf, format: wire::zipkin::PROTOBUF };

/// The routes of this protocol.
pub fn routes(doors: Doors) -> Router {
    Router::new()
        .route("/api/v2/spans", post(spans).fallback(wrong_method))
        .route("/api/v1/spans", post(old_spans).fallback(wrong_method))
        .layer(from_fn_with_state(doors.gate(says_no), gate::pass))
        .with_state(doors)
}

/// What everything else on this port is told.
pub async fn elsewhere() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "this port takes Zipkin spans: POST /api/v2/spans\n")
}

async fn spans(State(doors): State<Doors>, sender: Sender, request: Request) -> Response {
    let kind = content_type(request.headers());
    let reading = match kind.as_str() {
        "application/json" => JSON,
        "application/x-protobuf" | "application/protobuf" => PROTOBUF,
        _ => {
            let expected = "application/json or application/x-protobuf";
            return wrong_content_type(&doors, &sender, &kind, expected).await;
        }
    };
    take(&doors, sender, reading, request).await
}

async fn old_spans(State(doors): State<Doors>, sender: Sender, request: Request) -> Response {
    let kind = content_type(request.headers());
    if kind != "application/json" {
        let expected = "application/json; Thrift of version 1 is not read, version 2 is";
        return wrong_content_type(&doors, &sender, &kind, expected).await;
    }
    take(&doors, sender, OLD_JSON, request).await
}
