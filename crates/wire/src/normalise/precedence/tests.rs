//! The specification of precedence: every row written out, key by key.

use std::collections::HashSet;

use super::*;

/// Field, the keys it is told by, the one to believe first.
const SPECIFIED: &[(F, &str)] = &[
    (
        F::Cost,
        "cost_usd cost.usd ai.cost gen_ai.usage.cost.amount gen_ai.usage.cost gen_ai.usage.total_cost \
        gen_ai.usage.cost_usd gen_ai.cost.total_cost gen_ai.cost.total gen_ai.cost.usd llm.cost.total operation.cost \
        langfuse.observation.cost_details mlflow.llm.cost gen_ai.token.cost.total",
    ),
    (F::CostIn, "gen_ai.cost.input_cost llm.cost.prompt gen_ai.usage.input_cost"),
    (F::CostOut, "gen_ai.cost.output_cost llm.cost.completion gen_ai.usage.output_cost"),
    (F::CostCurrency, "gen_ai.usage.cost.currency"),
    (F::CostOrigin, "gen_ai.usage.cost.source"),
    // The header carries what the request had cost so far: a running total, never the cost of the span that has it.
    (F::Accumulated, "accumulated_cost_usd x-cost-usd"),
    (
        F::Model,
        "gen_ai.response.model llm.response.model_name langfuse.observation.model.name ai.response.model \
        llm.model_name gen_ai.request.model llm.request.model_name ai.model.id ai.model embedding.model_name \
        reranker.model_name mlflow.llm.model model",
    ),
    (F::RequestModel, "gen_ai.request.model llm.request.model_name ai.model.id"),
    (
        F::Provider,
        "gen_ai.provider.name gen_ai.system llm.provider llm.system ai.model.provider ai.provider \
        mlflow.llm.provider",
    ),
    (
        F::InputTokens,
        "gen_ai.usage.input_tokens gen_ai.usage.prompt_tokens llm.token_count.prompt ai.usage.inputTokens \
        ai.usage.promptTokens ai.prompt_tokens tokens_in llm.usage.prompt_tokens",
    ),
    (
        F::OutputTokens,
        "gen_ai.usage.output_tokens gen_ai.usage.completion_tokens llm.token_count.completion \
        ai.usage.outputTokens ai.usage.completionTokens ai.completion_tokens tokens_out llm.usage.completion_tokens",
    ),
    (
        F::TotalTokens,
        "gen_ai.usage.total_tokens llm.usage.total_tokens llm.token_count.total ai.usage.totalTokens \
        ai.usage.tokens ai.total_tokens",
    ),
    (
        F::CacheRead,
        "gen_ai.usage.cache_read.input_tokens gen_ai.usage.cache_read_input_tokens \
        llm.token_count.prompt_details.cache_read ai.usage.inputTokenDetails.cacheReadTokens \
        ai.usage.cachedInputTokens gen_ai.usage.details.cache_read_tokens",
    ),
    (
        F::CacheWrite,
        "gen_ai.usage.cache_creation.input_tokens gen_ai.usage.cache_creation_input_tokens \
        llm.token_count.prompt_details.cache_write ai.usage.inputTokenDetails.cacheWriteTokens",
    ),
    (
        F::Reasoning,
        "gen_ai.usage.reasoning.output_tokens gen_ai.usage.reasoning_tokens \
        llm.token_count.completion_details.reasoning ai.usage.outputTokenDetails.reasoningTokens \
        ai.usage.reasoningTokens llm.usage.reasoning_tokens",
    ),
    (F::LangfuseUsage, "langfuse.observation.usage_details"),
    (F::GenAiOperation, "gen_ai.operation.name"),
    (F::OpenInferenceKind, "openinference.span.kind"),
    (F::LangfuseType, "langfuse.observation.type"),
    (F::TraceloopKind, "traceloop.span.kind"),
    (F::VercelOperation, "ai.operationId operation.name"),
    (F::MlflowType, "mlflow.spanType"),
    (F::OperationType, "operation_type"),
    (
        F::ServiceTier,
        "openai.response.service_tier gen_ai.openai.response.service_tier openai.request.service_tier \
        gen_ai.request.service_tier",
    ),
    (F::Agent, "gen_ai.agent.name agent.name gen_ai.agent.id traceloop.entity.name agent ai.telemetry.functionId"),
    (F::Tool, "gen_ai.tool.name tool.name ai.toolCall.name target_tool"),
    (
        F::Capability,
        "capability gen_ai.workflow.name traceloop.workflow.name feature.name langfuse.trace.name \
        gen_ai.tool.name tool.name ai.toolCall.name target_tool",
    ),
    (
        F::Session,
        "gen_ai.conversation.id session.id langfuse.session.id traceloop.association.properties.session_id \
        ai.telemetry.metadata.sessionId gen_ai.session.id mlflow.trace.session thread_id",
    ),
    (
        F::User,
        "user.id enduser.id langfuse.user.id gen_ai.user.id gen_ai.user llm.user user_id \
        traceloop.association.properties.user_id ai.telemetry.metadata.userId gen_ai.request.user mlflow.trace.user \
        enduser.pseudo.id",
    ),
    (
        F::Tenant,
        "tenant tenant.id tenant_id traceloop.association.properties.tenant \
        traceloop.association.properties.tenant_id langfuse.trace.metadata.tenant organization.id customer.id",
    ),
    (F::Service, "service"),
    (F::Project, "openinference.project.name"),
    (
        F::Peer,
        "service.peer.name peer.service server.address net.peer.name messaging.destination.name db.system.name \
        db.system db.name rpc.service",
    ),
    (F::Environment, "deployment.environment.name deployment.environment langfuse.environment gen_ai.environment"),
    (F::DataTag, "data_tag"),
    (F::DataSize, "data_size_bytes request.size"),
    (F::Decision, "decision.type"),
    (F::Failed, "error error.type"),
    (F::Succeeded, "execution.success"),
    (F::StatusCode, "otel.status_code"),
];

/// Keys beyond the specified ones, each seen in what an SDK sends. They are believed last.
const SEEN: &[(F, &str)] = &[
    (F::Cost, "litellm.cost.total"),
    (F::CostIn, "litellm.cost.input"),
    (F::CostOut, "litellm.cost.output"),
    (F::CostCurrency, "gen_ai.cost.currency"),
    (F::Model, "decision.response.model_name decision.model_name"),
    (F::Provider, "decision.provider"),
    (F::InputTokens, "decision.token_count.input"),
    (F::OutputTokens, "decision.token_count.output"),
    (F::CacheWrite, "gen_ai.usage.details.cache_write_tokens gen_ai.usage.cache_write.input_tokens"),
    (F::Reasoning, "gen_ai.usage.details.reasoning_tokens"),
    (F::ServiceTier, "gen_ai.openai.request.service_tier anthropic.response.service_tier"),
    (F::Parameters, "langfuse.observation.model.parameters llm.invocation_parameters"),
    (F::User, "litellm.end_user.id ai.settings.context.userId"),
    (
        F::Tenant,
        "ai.telemetry.metadata.tenant ai.telemetry.metadata.tenantId ai.settings.context.tenant \
        ai.settings.context.tenantId",
    ),
    (F::Session, "ai.settings.context.sessionId"),
    (F::StatusCode, "langfuse.observation.level"),
    (F::StatusMessage, "otel.status_description error.message langfuse.observation.status_message"),
    (F::MlflowUsage, "mlflow.chat.tokenUsage"),
    (F::LitellmUsage, "metadata.usage_object"),
    (F::RawUsage, "gen_ai.usage.raw"),
    (F::VercelMetadata, "ai.response.providerMetadata"),
    (F::VercelFreshTokens, "ai.usage.inputTokenDetails.noCacheTokens"),
    (F::LlmRequestType, "llm.request.type gen_ai.request.type"),
    (F::AgentOpsKind, "agentops.span.kind"),
    (F::PydanticAgent, "agent_name"),
    (F::Database, "db.system.name db.system db.name db.namespace db.statement db.query.text"),
    (F::Messaging, "messaging.system messaging.destination.name messaging.operation.type"),
    (F::Http, "http.request.method http.method http.route url.full http.url rpc.system rpc.service"),
];

/// Never the cost of a span: what others sum up, and what a cost is made of.
const NEVER_SUMMED: &[&str] = &[
    "mlflow.trace.cost",
    "total_cost_usd",
    "gen_ai.cost.original_cost",
    "gen_ai.cost.discount_percent",
    "gen_ai.cost.discount_amount",
    "gen_ai.cost.margin_percent",
    "gen_ai.cost.margin_fixed_amount",
    "gen_ai.cost.margin_total_amount",
    "gen_ai.cost.cache_read_cost",
    "gen_ai.cost.cache_creation_cost",
    "gen_ai.cost.reasoning_cost",
    "gen_ai.cost.tool_usage_cost",
    "litellm.metadata.saved_cache_cost",
    "llm.cost.prompt_details.input",
    "llm.cost.prompt_details.cache_read",
    "llm.cost.completion_details.output",
    "gen_ai.aggregated_usage.input_tokens",
    "gen_ai.aggregated_usage.output_tokens",
    "gen_ai.usage.audio.input_tokens",
    "gen_ai.usage.image.input_tokens",
    "service.namespace",
];

/// The keys that `list` gives a field.
fn listed(list: &[(F, &'static str)], field: F) -> Vec<&'static str> {
    list.iter().filter(|(of, _)| *of == field).flat_map(|(_, keys)| keys.split_whitespace()).collect()
}

#[test]
fn every_row_is_in_the_specified_order() {
    for (field, _, lists) in rows() {
        assert_eq!(lists.concat(), [listed(SPECIFIED, *field), listed(SEEN, *field)].concat(), "{field:?}");
    }
}

#[test]
fn a_field_has_one_row_and_a_row_has_a_key_once() {
    let mut fields = HashSet::new();
    for (field, _, lists) in rows() {
        assert!(fields.insert(*field as usize), "{field:?} has two rows");
        let keys = lists.concat();
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), keys.len(), "{field:?} has a key twice");
    }
    assert_eq!(fields.len(), F::COUNT, "a field has no row");
}

#[test]
fn what_is_never_summed_is_in_no_row() {
    for key in NEVER_SUMMED {
        assert!(rows().all(|(_, _, lists)| !lists.concat().contains(key)), "{key}");
    }
}

#[test]
fn money_and_counts_are_a_spans_own_and_owners_may_be_its_resources() {
    for (field, carrier, _) in rows() {
        let owner = matches!(
            field,
            F::Project | F::Tenant | F::Capability | F::User | F::Session | F::Environment | F::DataTag
        );
        assert_eq!(*carrier, if owner { Resource } else { Span }, "{field:?}");
    }
}
