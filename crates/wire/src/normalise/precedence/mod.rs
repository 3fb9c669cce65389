//! Who is believed first: for every field, the key lists of all dialects in their order.
//!
//! A row reads left to right, and each list within it likewise. The protocol's own fields come before the span's
//! attributes, and those before its resource's, whatever their keys.

use super::dialects::{
    agentops, documents, langfuse, litellm, mlflow, openinference, openlit, otel_genai, otel_general, pydantic_ai,
    traceloop, vercel_ai,
};
use super::field::Carrier::{self, Resource, Span};
use super::field::Field as F;

/// A field, who may carry it, and the key lists that tell it.
pub type Row = (F, Carrier, &'static [&'static [&'static str]]);

/// Who did it, for whom and where.
const OWNERS: &[Row] = &[
    (F::Service, Span, &[documents::SERVICE]),
    (F::Project, Resource, &[openinference::PROJECT]),
    (
        F::Tenant,
        Resource,
        &[documents::TENANT, traceloop::TENANT, langfuse::TENANT, otel_general::CUSTOMER, vercel_ai::TENANT],
    ),
    // A tool's name is what it was done for when nothing better is said.
    (
        F::Capability,
        Resource,
        &[
            documents::CAPABILITY,
            otel_genai::WORKFLOW,
            traceloop::WORKFLOW,
            documents::FEATURE,
            langfuse::TRACE_NAME,
            otel_genai::TOOL,
            openinference::TOOL,
            vercel_ai::TOOL,
            documents::TARGET_TOOL,
        ],
    ),
    (
        F::User,
        Resource,
        &[
            otel_general::USER,
            langfuse::USER,
            otel_genai::USER,
            agentops::USER,
            litellm::USER,
            documents::USER,
            traceloop::USER,
            vercel_ai::USER,
            openlit::USER,
            mlflow::USER,
            otel_general::PSEUDONYM,
            litellm::V2_USER,
            vercel_ai::CONTEXT_USER,
        ],
    ),
    (
        F::Session,
        Resource,
        &[
            otel_genai::CONVERSATION,
            otel_general::SESSION,
            langfuse::SESSION,
            traceloop::SESSION,
            vercel_ai::SESSION,
            otel_genai::SESSION,
            mlflow::SESSION,
            documents::SESSION,
            vercel_ai::CONTEXT_SESSION,
        ],
    ),
    (F::Environment, Resource, &[otel_general::ENVIRONMENT, langfuse::ENVIRONMENT, openlit::ENVIRONMENT]),
    (F::DataTag, Resource, &[documents::DATA_TAG]),
    (F::DataSize, Span, &[documents::DATA_SIZE]),
    (F::Peer, Span, &[otel_general::PEER, otel_general::PEER_TRAITS]),
];

/// What it cost, on the span's own word. Running totals are kept apart and what a trace cost in all is not here.
const MONEY: &[Row] = &[
    (
        F::Cost,
        Span,
        &[
            documents::COST,
            otel_genai::COST_AMOUNT,
            openlit::COST,
            agentops::COST,
            otel_genai::COST_USD,
            litellm::COST,
            openinference::COST,
            pydantic_ai::COST,
            langfuse::COST_DETAILS,
            mlflow::COST,
            openlit::TOKEN_COST,
            litellm::V2_COST,
        ],
    ),
    (F::CostIn, Span, &[litellm::COST_IN, openinference::COST_IN, otel_genai::COST_IN, litellm::V2_COST_IN]),
    (F::CostOut, Span, &[litellm::COST_OUT, openinference::COST_OUT, otel_genai::COST_OUT, litellm::V2_COST_OUT]),
    (F::CostCurrency, Span, &[otel_genai::COST_CURRENCY, litellm::COST_CURRENCY]),
    (F::CostOrigin, Span, &[otel_genai::COST_ORIGIN]),
    (F::Accumulated, Span, &[documents::ACCUMULATED]),
];

/// Which model answered, and how many tokens it took.
const MODEL_CALLS: &[Row] = &[
    (
        F::Model,
        Span,
        &[
            otel_genai::RESPONSE_MODEL,
            openinference::RESPONSE_MODEL,
            langfuse::MODEL,
            vercel_ai::RESPONSE_MODEL,
            openinference::MODEL,
            otel_genai::REQUEST_MODEL,
            openinference::REQUEST_MODEL,
            vercel_ai::MODEL,
            documents::AI_MODEL,
            openinference::EMBEDDING_MODEL,
            openinference::RERANKER_MODEL,
            mlflow::MODEL,
            documents::MODEL,
            openinference::DECISION_MODEL,
        ],
    ),
    (F::RequestModel, Span, &[otel_genai::REQUEST_MODEL, openinference::REQUEST_MODEL, vercel_ai::MODEL]),
    (
        F::Provider,
        Span,
        &[
            otel_genai::PROVIDER,
            otel_genai::SYSTEM,
            openinference::PROVIDER,
            vercel_ai::PROVIDER,
            documents::PROVIDER,
            mlflow::PROVIDER,
            openinference::DECISION_PROVIDER,
        ],
    ),
    (F::ServiceTier, Span, &[otel_genai::SERVICE_TIER, otel_genai::MORE_SERVICE_TIER]),
    (F::Parameters, Span, &[langfuse::PARAMETERS, openinference::PARAMETERS]),
    (
        F::InputTokens,
        Span,
        &[
            otel_genai::INPUT_TOKENS,
            openinference::INPUT_TOKENS,
            vercel_ai::INPUT_TOKENS,
            documents::INPUT_TOKENS,
            traceloop::INPUT_TOKENS,
            openinference::DECISION_INPUT_TOKENS,
        ],
    ),
    (
        F::OutputTokens,
        Span,
        &[
            otel_genai::OUTPUT_TOKENS,
            openinference::OUTPUT_TOKENS,
            vercel_ai::OUTPUT_TOKENS,
            documents::OUTPUT_TOKENS,
            traceloop::OUTPUT_TOKENS,
            openinference::DECISION_OUTPUT_TOKENS,
        ],
    ),
    (
        F::TotalTokens,
        Span,
        &[
            otel_genai::TOTAL_TOKENS,
            traceloop::TOTAL_TOKENS,
            openinference::TOTAL_TOKENS,
            vercel_ai::TOTAL_TOKENS,
            documents::TOTAL_TOKENS,
        ],
    ),
    (
        F::CacheRead,
        Span,
        &[otel_genai::CACHE_READ, openinference::CACHE_READ, vercel_ai::CACHE_READ, pydantic_ai::CACHE_READ],
    ),
    (
        F::CacheWrite,
        Span,
        &[
            otel_genai::CACHE_WRITE,
            openinference::CACHE_WRITE,
            vercel_ai::CACHE_WRITE,
            pydantic_ai::CACHE_WRITE,
            otel_genai::CACHE_WRITE_ANTHROPIC,
        ],
    ),
    (
        F::Reasoning,
        Span,
        &[
            otel_genai::REASONING,
            traceloop::REASONING,
            openinference::REASONING,
            vercel_ai::REASONING,
            traceloop::OLD_REASONING,
            pydantic_ai::REASONING,
        ],
    ),
    (F::LangfuseUsage, Span, &[langfuse::USAGE_DETAILS]),
    (F::MlflowUsage, Span, &[mlflow::USAGE]),
    (F::LitellmUsage, Span, &[litellm::USAGE]),
    (F::RawUsage, Span, &[pydantic_ai::RAW_USAGE]),
    (F::VercelMetadata, Span, &[vercel_ai::METADATA]),
    (F::VercelFreshTokens, Span, &[vercel_ai::FRESH_TOKENS]),
];

/// What sort of work it is.
const WORK: &[Row] = &[
    (F::GenAiOperation, Span, &[otel_genai::OPERATION]),
    (F::OpenInferenceKind, Span, &[openinference::KIND]),
    (F::LangfuseType, Span, &[langfuse::TYPE]),
    (F::TraceloopKind, Span, &[traceloop::KIND]),
    (F::LlmRequestType, Span, &[traceloop::REQUEST_TYPE, agentops::REQUEST_TYPE]),
    (F::VercelOperation, Span, &[vercel_ai::OPERATION]),
    (F::MlflowType, Span, &[mlflow::TYPE]),
    (F::AgentOpsKind, Span, &[agentops::KIND]),
    (F::PydanticAgent, Span, &[pydantic_ai::OLD_AGENT]),
    (F::OperationType, Span, &[documents::OPERATION_TYPE]),
    (F::Decision, Span, &[documents::DECISION]),
    (
        F::Agent,
        Span,
        &[
            otel_genai::AGENT,
            openinference::AGENT,
            otel_genai::AGENT_ID,
            traceloop::ENTITY,
            documents::AGENT,
            vercel_ai::FUNCTION,
        ],
    ),
    (F::Tool, Span, &[otel_genai::TOOL, openinference::TOOL, vercel_ai::TOOL, documents::TARGET_TOOL]),
    (F::Database, Span, &[otel_general::DATABASE]),
    (F::Messaging, Span, &[otel_general::MESSAGING]),
    (F::Http, Span, &[otel_general::HTTP]),
];

/// How it ended.
const OUTCOMES: &[Row] = &[
    (F::Failed, Span, &[otel_general::FAILED]),
    (F::Succeeded, Span, &[documents::SUCCEEDED]),
    (F::StatusCode, Span, &[otel_general::STATUS_CODE, langfuse::LEVEL]),
    (F::StatusMessage, Span, &[otel_general::STATUS_MESSAGE, langfuse::STATUS_MESSAGE]),
];

/// Every row.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [OWNERS, MONEY, MODEL_CALLS, WORK, OUTCOMES].into_iter().flatten()
}

#[cfg(test)]
mod tests;
