"""One trace of an agent that asks a model and fails at a tool. Prints its id.

Usage: send.py EXPORTER ADDRESS, where the exporter is a key of EXPORTERS and the address is http://127.0.0.1:4318 or the
like. An exporter is imported when it is asked for: no environment has all of them.
"""

import sys
import time

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, set_span_in_context


def otlp_http(address, compression):
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{address}/v1/traces", compression=Compression(compression))


def otlp_grpc(address, compression):
    from grpc import Compression
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=address, insecure=True, compression=Compression[compression])


def zipkin(address):
    from opentelemetry.exporter.zipkin.json import ZipkinExporter

    return ZipkinExporter(endpoint=f"{address}/api/v2/spans")


def jaeger(address):
    from opentelemetry.exporter.jaeger.thrift import JaegerExporter

    return JaegerExporter(collector_endpoint=f"{address}/api/traces?format=jaeger.thrift")


EXPORTERS = {
    "http": lambda address: otlp_http(address, "none"),
    "http-gzip": lambda address: otlp_http(address, "gzip"),
    "grpc": lambda address: otlp_grpc(address, "NoCompression"),
    "grpc-gzip": lambda address: otlp_grpc(address, "Gzip"),
    "zipkin": zipkin,
    "jaeger": jaeger,
}

_, exporter, address = sys.argv
provider = TracerProvider(
    resource=Resource.create({"service.name": "python-client", "deployment.environment.name": "test"})
)
provider.add_span_processor(BatchSpanProcessor(EXPORTERS[exporter](address)))
tracer = provider.get_tracer("tracetab-test", "1.0.0")

MS = 1_000_000
# A second that is over, and a few nanoseconds: microseconds are not enough to carry it.
start = time.time_ns() // 1_000_000_000 * 1_000_000_000 - 3_000 * MS + 456


def at(milliseconds, nanoseconds=0):
    return start + milliseconds * MS + nanoseconds


root = tracer.start_span(
    "POST /v1/agent",
    kind=SpanKind.SERVER,
    attributes={"tenant": "sdk-python", "user.id": "user_python", "http.request.method": "POST"},
    start_time=at(0),
)
within_root = set_span_in_context(root)
model = tracer.start_span("chat gpt-4o", within_root, kind=SpanKind.CLIENT, start_time=at(10))
model.set_attributes(
    {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.request.stream": True,
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 100,
    }
)
model.add_event("first_token", {"index": 1}, timestamp=at(200))
model.end(at(10, 1_234_567_891))
tool = tracer.start_span("tool.search", within_root, start_time=at(1_300))
tool.set_attribute("cost_usd", 0.00005)
tool.record_exception(RuntimeError("the index “días” is gone"), timestamp=at(1_310))
tool.set_status(Status(StatusCode.ERROR, "the index “días” is gone"))
tool.end(at(1_320))
publish = tracer.start_span(
    "task_queue publish",
    within_root,
    kind=SpanKind.PRODUCER,
    links=[Link(model.get_span_context())],
    start_time=at(1_400),
)
publish.set_attribute("cost_usd", 0)
publish.set_status(Status(StatusCode.OK))
publish.end(at(1_410))
root.end(at(1_500))

provider.shutdown()
print(f"{root.get_span_context().trace_id:032x}")
