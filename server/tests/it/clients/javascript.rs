//! The OpenTelemetry JS SDK with each of its exporters.

use super::agent::{Carries, OTLP, SPANS, Values, assert_is_the_agents_trace};
use super::arrived;
use super::environment::Environment;
use crate::server::TestServer;

/// Tags are text, and the resource is among them. Of an event only its name is sent.
const ZIPKIN: Carries =
    Carries { values: Values::Text, nanoseconds: false, resource: false, event_attributes: false, links: false };

async fn arrives(exporter: &str, door: fn(&TestServer) -> &String, carries: Carries) {
    let environment = Environment::javascript("js");
    let server = TestServer::start().await;
    let trace_id = environment.send(&[exporter, door(&server)]);
    assert_is_the_agents_trace(&arrived(&server, &trace_id, SPANS).await, "js", &carries);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_sdk_sends_json() {
    arrives("json", |server| &server.otlp, OTLP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_sdk_sends_protobuf() {
    arrives("protobuf", |server| &server.otlp, OTLP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_sdk_calls_over_grpc() {
    arrives("grpc", |server| &server.grpc, OTLP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_javascript_sdk_sends_to_zipkin() {
    arrives("zipkin", |server| &server.zipkin, ZIPKIN).await;
}
