//! One trace of an agent that asks a model and fails at a tool. Prints its id.
//!
//! Usage: tracetab-test-client-rust EXPORTER ADDRESS, where the exporter is one of `exporter` and the address is
//! http://127.0.0.1:4318 or the like.

use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{Link, Span, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Array, Context, KeyValue, StringValue, Value};
use opentelemetry_otlp::{Compression, ExporterBuildError, Protocol, SpanExporter};
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

fn exporter(name: &str, address: &str) -> Result<SpanExporter, ExporterBuildError> {
    let http = || {
        let builder = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
        builder.with_endpoint(format!("{address}/v1/traces"))
    };
    let grpc = || SpanExporter::builder().with_tonic().with_endpoint(address);
    match name {
        "http" => http().build(),
        "http-gzip" => http().with_compression(Compression::Gzip).build(),
        "grpc" => grpc().build(),
        "grpc-gzip" => grpc().with_compression(Compression::Gzip).build(),
        other => panic!("no exporter {other}"),
    }
}

/// A second that is over, and a few nanoseconds: microseconds are not enough to carry it.
fn start() -> Result<SystemTime, Box<dyn Error>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(UNIX_EPOCH + Duration::new(now.as_secs() - 3, 456))
}

fn send(tracer: &SdkTracer) -> Result<String, Box<dyn Error>> {
    let start = start()?;
    let at = |milliseconds| start + Duration::from_millis(milliseconds);
    let root = tracer
        .span_builder("POST /v1/agent")
        .with_kind(SpanKind::Server)
        .with_start_time(at(0))
        .with_attributes([
            KeyValue::new("tenant", "sdk-rust"),
            KeyValue::new("user.id", "user_rust"),
            KeyValue::new("http.request.method", "POST"),
        ])
        .start(tracer);
    let trace_id = root.span_context().trace_id();
    let within_root = Context::new().with_span(root);

    let mut model = tracer
        .span_builder("chat gpt-4o")
        .with_kind(SpanKind::Client)
        .with_start_time(at(10))
        .start_with_context(tracer, &within_root);
    model.set_attributes([
        KeyValue::new("gen_ai.operation.name", "chat"),
        KeyValue::new("gen_ai.provider.name", "openai"),
        KeyValue::new("gen_ai.request.model", "gpt-4o"),
        KeyValue::new("gen_ai.request.stream", true),
        KeyValue::new("gen_ai.response.finish_reasons", Value::Array(Array::String(vec![StringValue::from("stop")]))),
        KeyValue::new("gen_ai.usage.input_tokens", 1_000),
        KeyValue::new("gen_ai.usage.output_tokens", 100),
    ]);
    model.add_event_with_timestamp("first_token", at(200), vec![KeyValue::new("index", 1)]);
    model.end_with_timestamp(at(10) + Duration::from_nanos(1_234_567_891));

    let mut tool =
        tracer.span_builder("tool.search").with_start_time(at(1_300)).start_with_context(tracer, &within_root);
    tool.set_attribute(KeyValue::new("cost_usd", 0.000_05));
    let message = "the index “días” is gone";
    tool.add_event_with_timestamp("exception", at(1_310), vec![KeyValue::new("exception.message", message)]);
    tool.set_status(Status::error(message));
    tool.end_with_timestamp(at(1_320));

    let mut publish = tracer
        .span_builder("task_queue publish")
        .with_kind(SpanKind::Producer)
        .with_start_time(at(1_400))
        .with_links(vec![Link::with_context(model.span_context().clone())])
        .start_with_context(tracer, &within_root);
    publish.set_attribute(KeyValue::new("cost_usd", 0));
    publish.set_status(Status::Ok);
    publish.end_with_timestamp(at(1_410));
    within_root.span().end_with_timestamp(at(1_500));
    Ok(trace_id.to_string())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, name, address] = arguments.as_slice() else { panic!("usage: EXPORTER ADDRESS") };
    // The gRPC client lives in a runtime; the one for HTTP brings its own and must be made outside of any.
    let runtime = tokio::runtime::Runtime::new()?;
    let exporter = if name.starts_with("grpc") {
        let _inside = runtime.enter();
        exporter(name, address)?
    } else {
        exporter(name, address)?
    };
    let resource = Resource::builder().with_service_name("rust-client");
    let resource = resource.with_attribute(KeyValue::new("deployment.environment.name", "test")).build();
    let provider = SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
    let trace_id = send(&provider.tracer("tracetab-test"))?;
    provider.force_flush()?;
    provider.shutdown()?;
    println!("{trace_id}");
    Ok(())
}
