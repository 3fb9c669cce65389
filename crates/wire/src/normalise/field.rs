//! What a key can tell about a span, and who may say it.

/// What a key can tell about a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Service,
    Project,
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
    CostOrigin,
    Accumulated,
    Model,
    RequestModel,
    Provider,
    ServiceTier,
    Parameters,
    InputTokens,
    OutputTokens,
    TotalTokens,
    CacheRead,
    CacheWrite,
    Reasoning,
    LangfuseUsage,
    MlflowUsage,
    LitellmUsage,
    RawUsage,
    VercelMetadata,
    VercelFreshTokens,
    GenAiOperation,
    OpenInferenceKind,
    LangfuseType,
    TraceloopKind,
    LlmRequestType,
    VercelOperation,
    MlflowType,
    AgentOpsKind,
    PydanticAgent,
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

impl Field {
    /// How many there are.
    pub const COUNT: usize = Self::StatusMessage as usize + 1;
}

/// Whose attributes may carry a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Only the span's own: on a resource it would be said once and counted for every span.
    Span,
    /// The span's own, else those of its resource.
    Resource,
}
