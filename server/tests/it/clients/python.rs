//! The OpenTelemetry Python SDK with its own exporters, and with the last one there was for Jaeger.

use super::agent::{Carries, OTLP, SPANS, Values, assert_is_the_agents_trace};
use super::arrived;
use super::environment::Environment;
use crate::server::TestServer;

/// Tags are text, and the resource is among them. Attributes of an event are part of its text, as JSON.
const ZIPKIN: Carries =
    Carries { values: Values::Text, nanoseconds: false, resource: false, event_attributes: true, links: false };

/// Tags have types, and the resource is among them.
const JAEGER: Carries =
    Carries { values: Values::Scalars, nanoseconds: false, resource: false, event_attributes: true, links: true };

async fn arrives(environment: Environment, exporter: &str, door: fn(&TestServer) -> &String, carries: Carries) {
    let server = TestServer::start().await;
    let trace_id = environment.send(&[exporter, door(&server)]);
    assert_is_the_agents_trace(&arrived(&server, &trace_id, SPANS).await, "python", &carries);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_sends_protobuf() {
    arrives(Environment::python("python"), "http", |server| &server.otlp, OTLP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_sends_protobuf_with_gzip() {
    arrives(Environment::python("python"), "http-gzip", |server| &server.otlp, OTLP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_calls_over_grpc() {
    arrives(Environment::python("python"), "grpc", |server| &server.grpc, OTLP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_calls_over_grpc_with_gzip() {
    arrives(Environment::python("python"), "grpc-gzip", |server| &server.grpc, OTLP).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_sends_to_zipkin() {
    arrives(Environment::python("python"), "zipkin", |server| &server.zipkin, ZIPKIN).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_sends_thrift_to_jaeger() {
    // The exporter was given up with version 1.21 and does not load beside a newer SDK.
    let environment = Environment::python("python-jaeger").with_script_of("python");
    arrives(environment, "jaeger", |server| &server.jaeger, JAEGER).await;
}
