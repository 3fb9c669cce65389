//! The OpenTelemetry Rust SDK with its OTLP exporter.

use super::agent::{OTLP, SPANS, assert_is_the_agents_trace};
use super::arrived;
use super::environment::Environment;
use crate::server::TestServer;

async fn arrives(exporter: &str, door: fn(&TestServer) -> &String) {
    let environment = Environment::rust("rust");
    let server = TestServer::start().await;
    let trace_id = environment.send(&[exporter, door(&server)]);
    assert_is_the_agents_trace(&arrived(&server, &trace_id, SPANS).await, "rust", &OTLP);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rust_sdk_sends_protobuf() {
    arrives("http", |server| &server.otlp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rust_sdk_sends_protobuf_with_gzip() {
    arrives("http-gzip", |server| &server.otlp).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rust_sdk_calls_over_grpc() {
    arrives("grpc", |server| &server.grpc).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rust_sdk_calls_over_grpc_with_gzip() {
    arrives("grpc-gzip", |server| &server.grpc).await;
}
