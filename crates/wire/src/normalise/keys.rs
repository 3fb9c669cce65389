//! Which attribute keys mean what: the one table to extend when a dialect says a known thing under a new name.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a key can tell about a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    Service,
    Tenant,
    Capability,
    User,
    Session,
    Environment,
    DataTag,
    DataSize,
    Peer,
    Cost,
    CostIn,
    CostOut,
    CostCurrency,
    CostDetails,
    Accumulated,
    Model,
    RequestModel,
    Provider,
    VercelProvider,
    ServiceTier,
    InputTokens,
    OutputTokens,
    TotalTokens,
    CacheRead,
    CacheWrite,
    Reasoning,
    UsageDetails,
    GenAiOperation,
    OpenInferenceKind,
    LangfuseType,
    TraceloopKind,
    LlmRequestType,
    VercelOperation,
    MlflowType,
    OperationType,
    Decision,
    Agent,
    Tool,
    Database,
    Messaging,
    Http,
    Failed,
    Succeeded,
    StatusCode,
    StatusMessage,
}

/// Whose attributes may carry a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Only the span's own: on a resource it would be said once and counted for every span.
    Span,
    /// The span's own, else those of its resource.
    Resource,
}

use Carrier::{Resource, Span};
use Field as F;

/// The keys of every field, separated by spaces, the one to believe first.
const TABLE: &[(Field, Carrier, &str)] = &[
    (F::Service, Span, "service"),
    (
        F::Tenant,
        Resource,
        "tenant tenant.id tenant_id traceloop.association.properties.tenant \
        traceloop.association.properties.tenant_id langfuse.trace.metadata.tenant organization.id \
        customer.id",
    ),
    // A tool's name is what it was done for when nothing better is said.
    (
        F::Capability,
        Resource,
        "capability gen_ai.workflow.name traceloop.workflow.name feature.name langfuse.trace.name \
        gen_ai.tool.name tool.name ai.toolCall.name",
    ),
    (
        F::User,
        Resource,
        "user.id enduser.id langfuse.user.id gen_ai.user.id gen_ai.user llm.user user_id \
        traceloop.association.properties.user_id ai.telemetry.metadata.userId gen_ai.request.user \
        mlflow.trace.user enduser.pseudo.id",
    ),
    (
        F::Session,
        Resource,
        "gen_ai.conversation.id session.id langfuse.session.id traceloop.association.properties.session_id \
        ai.telemetry.metadata.sessionId gen_ai.session.id mlflow.trace.session thread_id",
    ),
    (
        F::Environment,
        Resource,
        "deployment.environment.name deployment.environment langfuse.environment gen_ai.environment",
    ),
    (F::DataTag, Resource, "data_tag"),
    (F::DataSize, Span, "data_size_bytes request.size"),
    (
        F::Peer,
        Span,
        "service.peer.name peer.service server.address net.peer.name messaging.destination.name \
        db.system.name db.system db.name rpc.service",
    ),
    (
        F::Cost,
        Span,
        "cost_usd cost.usd ai.cost gen_ai.usage.cost.amount gen_ai.usage.cost gen_ai.usage.total_cost \
        gen_ai.usage.cost_usd gen_ai.cost.total_cost gen_ai.cost.total gen_ai.cost.usd llm.cost.total \
        operation.cost gen_ai.token.cost.total",
    ),
    (F::CostIn, Span, "gen_ai.cost.input_cost llm.cost.prompt gen_ai.usage.input_cost"),
    (F::CostOut, Span, "gen_ai.cost.output_cost llm.cost.completion gen_ai.usage.output_cost"),
    (F::CostCurrency, Span, "gen_ai.usage.cost.currency"),
    (F::CostDetails, Span, "langfuse.observation.cost_details mlflow.llm.cost"),
    // Running totals that travel along with a request.
    (F::Accumulated, Span, "accumulated_cost_usd x-cost-usd"),
    (
        F::Model,
        Span,
        "gen_ai.response.model llm.response.model_name langfuse.observation.model.name ai.response.model \
        llm.model_name gen_ai.request.model llm.request.model_name ai.model.id ai.model embedding.model_name \
        reranker.model_name mlflow.llm.model model",
    ),
    (F::RequestModel, Span, "gen_ai.request.model llm.request.model_name ai.model.id"),
    (F::Provider, Span, "gen_ai.provider.name gen_ai.system llm.provider llm.system ai.provider mlflow.llm.provider"),
    (F::VercelProvider, Span, "ai.model.provider"),
    (
        F::ServiceTier,
        Span,
        "openai.response.service_tier gen_ai.openai.response.service_tier openai.request.service_tier \
        gen_ai.request.service_tier",
    ),
    (
        F::InputTokens,
        Span,
        "gen_ai.usage.input_tokens gen_ai.usage.prompt_tokens llm.token_count.prompt ai.usage.inputTokens \
        ai.usage.promptTokens ai.prompt_tokens tokens_in llm.usage.prompt_tokens",
    ),
    (
        F::OutputTokens,
        Span,
        "gen_ai.usage.output_tokens gen_ai.usage.completion_tokens llm.token_count.completion \
        ai.usage.outputTokens ai.usage.completionTokens ai.completion_tokens tokens_out \
        llm.usage.completion_tokens",
    ),
    (
        F::TotalTokens,
        Span,
        "gen_ai.usage.total_tokens llm.usage.total_tokens llm.token_count.total ai.usage.totalTokens \
        ai.usage.tokens ai.total_tokens",
    ),
    (
        F::CacheRead,
        Span,
        "gen_ai.usage.cache_read.input_tokens gen_ai.usage.cache_read_input_tokens \
        llm.token_count.prompt_details.cache_read ai.usage.inputTokenDetails.cacheReadTokens \
        ai.usage.cachedInputTokens gen_ai.usage.details.cache_read_tokens",
    ),
    (
        F::CacheWrite,
        Span,
        "gen_ai.usage.cache_creation.input_tokens gen_ai.usage.cache_creation_input_tokens \
        llm.token_count.prompt_details.cache_write ai.usage.inputTokenDetails.cacheWriteTokens",
    ),
    (
        F::Reasoning,
        Span,
        "gen_ai.usage.reasoning.output_tokens gen_ai.usage.reasoning_tokens \
        llm.token_count.completion_details.reasoning ai.usage.outputTokenDetails.reasoningTokens \
        ai.usage.reasoningTokens llm.usage.reasoning_tokens",
    ),
    (F::UsageDetails, Span, "langfuse.observation.usage_details"),
    (F::GenAiOperation, Span, "gen_ai.operation.name"),
    (F::OpenInferenceKind, Span, "openinference.span.kind"),
    (F::LangfuseType, Span, "langfuse.observation.type"),
    (F::TraceloopKind, Span, "traceloop.span.kind"),
    (F::LlmRequestType, Span, "llm.request.type"),
    (F::VercelOperation, Span, "ai.operationId operation.name"),
    (F::MlflowType, Span, "mlflow.spanType"),
    (F::OperationType, Span, "operation_type"),
    (F::Decision, Span, "decision.type"),
    (F::Agent, Span, "gen_ai.agent.name agent.name gen_ai.agent.id agent"),
    (F::Tool, Span, "gen_ai.tool.name tool.name ai.toolCall.name"),
    (F::Database, Span, "db.system.name db.system db.name db.namespace db.statement db.query.text"),
    (F::Messaging, Span, "messaging.system messaging.destination.name messaging.operation.type"),
    (F::Http, Span, "http.request.method http.method http.route url.full http.url rpc.system rpc.service"),
    (F::Failed, Span, "error error.type"),
    (F::Succeeded, Span, "execution.success"),
    (F::StatusCode, Span, "otel.status_code"),
    (F::StatusMessage, Span, "otel.status_description error.message"),
];

/// A meaning of a key: the field, how far down its list the key stands, and whether a resource may say it.
pub type Meaning = (Field, u8, Carrier);

/// What `key` means; a few keys mean two things.
pub fn meanings(key: &str) -> &'static [Meaning] {
    static BY_KEY: LazyLock<HashMap<&'static str, Vec<Meaning>>> = LazyLock::new(|| {
        let mut by_key = HashMap::<_, Vec<Meaning>>::new();
        for (field, from, keys) in TABLE {
            for (rank, key) in (0u8..).zip(keys.split_whitespace()) {
                by_key.entry(key).or_default().push((*field, rank, *from));
            }
        }
        by_key
    });
    BY_KEY.get(key).map_or(&[], Vec::as_slice)
}
