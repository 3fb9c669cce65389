"""One trace of an agent, through the Langfuse SDK. Prints its id.

Usage: send.py ADDRESS, that of a Langfuse server or of one that answers at its path, http://127.0.0.1:4318 or the like.
"""

import os
import sys

os.environ["OTEL_SERVICE_NAME"] = "langfuse-client"

from langfuse import Langfuse, propagate_attributes

langfuse = Langfuse(
    public_key="pk-lf-test", secret_key="sk-lf-test", base_url=sys.argv[1], environment="test", release="1.2.3"
)
# Langfuse counts each token in one bucket: the prompt has 1000 tokens here.
usage = {"input": 600, "input_cached_tokens": 400, "output": 100}

with propagate_attributes(
    user_id="user_langfuse",
    session_id="session_langfuse",
    tags=["support", "beta"],
    metadata={"tenant": "sdk-langfuse"},
    trace_name="support-chat",
):
    with langfuse.start_as_current_observation(name="agent", as_type="agent", input={"question": "Why?"}) as agent:
        with langfuse.start_as_current_observation(
            name="answer",
            as_type="generation",
            model="gpt-4o",
            usage_details=usage,
            cost_details={"input": 0.0021, "input_cached_tokens": 0.0007, "output": 0.0014},
        ) as answer:
            answer.update(output="Because.")
        with langfuse.start_as_current_observation(
            name="summary",
            as_type="generation",
            model="gpt-4o",
            usage_details={**usage, "total": 1100},
        ):
            pass
        with langfuse.start_as_current_observation(name="search", as_type="tool") as tool:
            tool.update(level="ERROR", status_message="the index is gone")
        trace_id = agent.trace_id

langfuse.shutdown()
print(trace_id)
