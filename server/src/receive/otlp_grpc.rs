//! OTLP over gRPC: `TraceService/Export`, unary (OTLP specification, "OTLP/gRPC").

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use wire::otlp::response::success_protobuf;

use super::collector::{self, content_type, wrong_content_type};
use super::rpc::{Code, Refusal};
use super::{Doors, grpc, otlp};
use crate::keys::gate;
use crate::pipeline::{Encoding, Sender};

/// `grpc.health.v1.HealthCheckResponse { status: SERVING }`.
const SERVING: &[u8] = &[0x08, 0x01];

/// The methods of this protocol.
pub fn routes(doors: Doors) -> Router {
    Router::new()
        .route("/opentelemetry.proto.collector.trace.v1.TraceService/Export", post(export))
        .route("/opentelemetry.proto.collector.logs.v1.LogsService/Export", post(not_kept))
        .route("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", post(not_kept))
        .layer(from_fn_with_state(doors.gate(says_no), gate::pass))
        // What load balancers and orchestrators ask, without a key (gRPC health checking protocol).
        .route("/grpc.health.v1.Health/Check", post(|| async { grpc::success(SERVING) }))
        .with_state(doors)
}

fn says_no(request: &Request, refusal: &Refusal) -> Response {
    if grpc::is_call(request.headers()) { refuse(refusal) } else { collector::refuse(refusal) }
}

/// Answers calls of methods that are not there the way clients understand, and everything else with advice.
pub async fn unknown(request: Request) -> Response {
    if grpc::is_call(request.headers()) {
        let message = format!("there is no method {}; expected TraceService/Export", request.uri().path());
        return refuse(&Refusal::new(Code::Unimplemented, message));
    }
    let advice = "this port takes OTLP: gRPC calls of TraceService/Export, or POST /v1/traces\n";
    (StatusCode::NOT_FOUND, advice).into_response()
}

/// Takes spans in.
async fn export(State(doors): State<Doors>, sender: Sender, request: Request) -> Response {
    if !grpc::is_call(request.headers()) {
        return no_call(&doors, &sender, request.headers()).await;
    }
    match doors.attempt(take(&doors, sender.clone(), request)).await {
        Ok(response) => response,
        Err(refusal) => refuse(&doors.refused(&sender, Some(Encoding::OtlpGrpc), refusal).await),
    }
}

async fn take(doors: &Doors, sender: Sender, request: Request) -> Result<Response, Refusal> {
    let (message, room) = grpc::message(doors, doors.pipeline.reserve(sender), request).await?;
    let outcome = otlp::take(doors, Encoding::OtlpGrpc, message, room).await?;
    Ok(grpc::success(&success_protobuf(outcome.rejected, &outcome.message)))
}

/// Logs and metrics: programs that send all three are not told that something is broken, only that it is not kept.
async fn not_kept(State(doors): State<Doors>, sender: Sender, request: Request) -> Response {
    if !grpc::is_call(request.headers()) {
        return no_call(&doors, &sender, request.headers()).await;
    }
    let room = doors.pipeline.reserve(sender);
    match doors.attempt(grpc::message(&doors, room, request)).await {
        Ok(_) => grpc::success(&success_protobuf(0, otlp::NOT_KEPT)),
        Err(refusal) => refuse(&refusal),
    }
}

/// Who does not speak gRPC cannot read its trailers: the status of HTTP says it ("Responses": 415).
async fn no_call(doors: &Doors, sender: &Sender, headers: &HeaderMap) -> Response {
    wrong_content_type(doors, sender, &content_type(headers), "application/grpc; OTLP over HTTP is POST /v1/traces")
        .await
}

fn refuse(refusal: &Refusal) -> Response {
    grpc::refused(refusal, &otlp::status(refusal).to_protobuf())
}
