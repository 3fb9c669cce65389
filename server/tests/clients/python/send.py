"""One trace of an agent that asks a model and fails at a tool. Usage: send.py http://127.0.0.1:4318

Sent as OTLP/HTTP protobuf with gzip. Prints the trace id.
"""

import sys

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

exporter = OTLPSpanExporter(endpoint=f"{sys.argv[1]}/v1/traces", compression=Compression.Gzip)
provider = TracerProvider(
    resource=Resource.create({"service.name": "python-client", "deployment.environment.name": "test"})
)
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("tracetab-test", "1.0.0")

attributes = {"tenant": "sdk-python", "user.id": "user_python", "http.request.method": "POST"}
with tracer.start_as_current_span("POST /v1/agent", kind=SpanKind.SERVER, attributes=attributes) as root:
    with tracer.start_as_current_span("chat gpt-4o", kind=SpanKind.CLIENT) as model:
        model.set_attributes(
            {
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.usage.input_tokens": 1000,
                "gen_ai.usage.output_tokens": 100,
            }
        )
        model.add_event("first_token", {"index": 1})
    with tracer.start_as_current_span("tool.search") as tool:
        tool.set_attribute("cost_usd", 0.00005)
        tool.record_exception(RuntimeError("the index is gone"))
        tool.set_status(Status(StatusCode.ERROR, "the index is gone"))
    with tracer.start_as_current_span("task_queue publish", kind=SpanKind.PRODUCER) as publish:
        publish.set_attribute("cost_usd", 0)
        publish.set_status(Status(StatusCode.OK))
    trace_id = root.get_span_context().trace_id

provider.shutdown()
print(f"{trace_id:032x}")
