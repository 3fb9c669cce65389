"""One trace of a workflow that asks a model, through the Traceloop SDK and its OpenAI instrumentation. Prints its id.

Usage: send.py ADDRESS, http://127.0.0.1:4318 or the like. The model is a server in this process: nothing leaves the machine.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Read when the SDK is imported.
os.environ["TRACELOOP_TELEMETRY"] = "false"
os.environ["TRACELOOP_TRACE_CONTENT"] = "false"
os.environ["TRACELOOP_SUPPRESS_WARNINGS"] = "true"

from openai import OpenAI
from opentelemetry import trace
from traceloop.sdk import Traceloop
from traceloop.sdk.decorators import task, tool, workflow
from traceloop.sdk.instruments import Instruments

COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1_790_000_000,
    "model": "gpt-4o-2024-08-06",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Because."}, "finish_reason": "stop"}],
    "usage": {
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "total_tokens": 1100,
        "prompt_tokens_details": {"cached_tokens": 400},
        "completion_tokens_details": {"reasoning_tokens": 0},
    },
}


class Model(BaseHTTPRequestHandler):
    """Answers every question alike."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        answer = json.dumps(COMPLETION).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


models = ThreadingHTTPServer(("127.0.0.1", 0), Model)
threading.Thread(target=models.serve_forever, daemon=True).start()

Traceloop.init(
    app_name="traceloop-client",
    api_endpoint=sys.argv[1],
    api_key="test",
    disable_batch=False,
    instruments={Instruments.OPENAI},
    resource_attributes={"deployment.environment.name": "test"},
)
client = OpenAI(api_key="test", base_url=f"http://127.0.0.1:{models.server_port}/v1", max_retries=0)


@tool(name="search")
def search():
    return 3


@task(name="answer")
def answer():
    client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "Why?"}])


@workflow(name="support-chat")
def chat():
    Traceloop.set_association_properties(
        {"tenant": "sdk-traceloop", "user_id": "user_traceloop", "session_id": "session_traceloop"}
    )
    search()
    answer()
    return trace.get_current_span().get_span_context().trace_id


trace_id = chat()
trace.get_tracer_provider().shutdown()
models.shutdown()
print(f"{trace_id:032x}")
