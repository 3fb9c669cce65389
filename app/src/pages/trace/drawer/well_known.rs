//! Ends of the names that stand first in their section, in this order: OpenTelemetry's, and those of others that say the same.

/// A call of a model: who, what, how many tokens, with which settings, how it ended.
pub const AI: &[&str] = &[
    "provider.name",
    "gen_ai.system",
    "llm.provider",
    "llm.system",
    "model.provider",
    "request.model",
    "request.model_name",
    "ai.model.id",
    "llm.model_name",
    "response.model",
    "response.model_name",
    "operation.name",
    "operationId",
    "span.kind",
    "observation.type",
    "usage.input_tokens",
    "prompt_tokens",
    "token_count.prompt",
    "inputTokens",
    "promptTokens",
    "usage.output_tokens",
    "completion_tokens",
    "token_count.completion",
    "outputTokens",
    "completionTokens",
    "cache_read.input_tokens",
    "cache_creation.input_tokens",
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "stop_sequences",
    "seed",
    "finish_reasons",
    "finishReason",
    "response.id",
    "time_to_first_chunk",
    "msToFirstChunk",
];

/// A decision.
pub const DECISION: &[&str] = &["decision.type", "decision.confidence", "decision.result"];

/// A run of a tool: which, what it was given, what it gave.
pub const TOOL: &[&str] = &[
    "tool.name",
    "toolCall.name",
    "target_tool",
    "tool.type",
    "call.id",
    "toolCall.id",
    "tool_call.id",
    "call_id",
    "call.arguments",
    "toolCall.args",
    "arguments",
    "args",
    "parameters",
    "input.value",
    "call.result",
    "toolCall.result",
    "result",
    "output.value",
];

/// An agent.
pub const AGENT: &[&str] = &["agent.name", "agent.id"];

/// A call: what was asked, where, how it was answered.
pub const HTTP: &[&str] = &[
    "http.request.method",
    "http.method",
    "http.route",
    "http.response.status_code",
    "http.status_code",
    "url.full",
    "http.url",
    "http.target",
    "url.path",
    "server.address",
    "server.port",
];

/// A query.
pub const DATABASE: &[&str] = &[
    "db.system.name",
    "db.system",
    "db.namespace",
    "db.name",
    "db.collection.name",
    "db.operation.name",
    "db.operation",
    "db.query.text",
    "db.statement",
];

/// A message: where it went, which it is, how long it waited.
pub const MESSAGING: &[&str] = &[
    "messaging.destination.name",
    "messaging.destination",
    "messaging.system",
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.operation",
    "messaging.message.id",
    "messaging.message_id",
    "queue_time_ms",
    "queue.time_ms",
    "wait_ms",
];

/// A failure.
pub const EXCEPTION: &[&str] = &["exception.type", "exception.message", "error.type"];
