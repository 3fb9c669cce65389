//! Vercel AI SDK: `ai.*` names in every release up to 6 and in 7's legacy mode; 7 itself speaks OpenTelemetry's.
//!
//! An outer span (`ai.generateText`) repeats the usage of the calls within it (`ai.generateText.doGenerate`). Releases 4
//! and 5 hand on Anthropic's and Bedrock's counts, cached tokens beside the input, and name those only in the provider's
//! metadata, a JSON object by provider; 6 counts as OpenTelemetry does and tells the fresh tokens apart.

use std::borrow::Cow;

use model::span::Category;
use serde_json::{Map, Value as Json};

use crate::json::unsigned;
use crate::normalise::field::Field;
use crate::normalise::found::Found;
use crate::normalise::json_text;
use crate::normalise::usage::{ANY_RELEASE, Counting, ScopeRule, Sent, TOKENS_MAX, object};

/// The second has the function's id after a space; AgentOps puts its functions' names there.
pub const OPERATION: &[&str] = &["ai.operationId", "operation.name"];
pub const RESPONSE_MODEL: &[&str] = &["ai.response.model"];
pub const MODEL: &[&str] = &["ai.model.id"];
/// The provider with the API's flavour after a dot: `openai.chat`.
pub const PROVIDER: &[&str] = &["ai.model.provider"];
pub const INPUT_TOKENS: &[&str] = &["ai.usage.inputTokens", "ai.usage.promptTokens"];
pub const OUTPUT_TOKENS: &[&str] = &["ai.usage.outputTokens", "ai.usage.completionTokens"];
pub const TOTAL_TOKENS: &[&str] = &["ai.usage.totalTokens", "ai.usage.tokens"];
pub const CACHE_READ: &[&str] = &["ai.usage.inputTokenDetails.cacheReadTokens", "ai.usage.cachedInputTokens"];
pub const CACHE_WRITE: &[&str] = &["ai.usage.inputTokenDetails.cacheWriteTokens"];
pub const FRESH_TOKENS: &[&str] = &["ai.usage.inputTokenDetails.noCacheTokens"];
pub const REASONING: &[&str] = &["ai.usage.outputTokenDetails.reasoningTokens", "ai.usage.reasoningTokens"];
pub const METADATA: &[&str] = &["ai.response.providerMetadata"];
pub const TOOL: &[&str] = &["ai.toolCall.name"];
/// The id its developer gave a call; of an agent only where a span says it is one.
pub const FUNCTION: &[&str] = &["ai.telemetry.functionId"];
pub const USER: &[&str] = &["ai.telemetry.metadata.userId"];
pub const SESSION: &[&str] = &["ai.telemetry.metadata.sessionId"];
/// What took the place of metadata in release 7.
pub const CONTEXT_USER: &[&str] = &["ai.settings.context.userId"];
/// What an application calls the one who pays, in metadata and in what took its place: there is no key of the SDK's own.
pub const TENANT: &[&str] = &[
    "ai.telemetry.metadata.tenant",
    "ai.telemetry.metadata.tenantId",
    "ai.settings.context.tenant",
    "ai.settings.context.tenantId",
];
pub const CONTEXT_SESSION: &[&str] = &["ai.settings.context.sessionId"];

/// Release 7.
pub const SCOPES: &[ScopeRule] = &[("gen_ai", ANY_RELEASE, Counting::Within)];

/// The sort of work by the operation; whatever is not one call is a workflow around calls.
pub fn category(found: &Found<'_>) -> Option<Category> {
    let operation = found.text(Field::VercelOperation)?;
    let id = operation.split_whitespace().next()?.strip_prefix("ai.")?;
    Some(match id.rsplit('.').next()? {
        "doGenerate" | "doStream" => Category::Llm,
        "doEmbed" => Category::Embedding,
        "doRerank" => Category::Retrieval,
        "toolCall" => Category::Tool,
        _ => Category::Workflow,
    })
}

/// The provider without the API's flavour. The SDK writes the two together under OpenTelemetry's name, too, whose own
/// values have dots that belong to them (`aws.bedrock`).
pub fn provider<'a>(found: &Found<'_>, sent: &'a str) -> &'a str {
    let flavoured = found.all(Field::Provider).any(|other| PROVIDER.contains(&other.key) && other.is_text(sent));
    let bare = sent.split('.').next().filter(|bare| flavoured && !bare.is_empty());
    bare.unwrap_or(sent)
}

/// What the provider itself said, by the name of the provider.
fn metadata(found: &Found<'_>) -> Option<Map<String, Json>> {
    let mut metadata = found.all(Field::VercelMetadata).find_map(|candidate| json_text::object(candidate.value))?;
    let provider = ["anthropic", "bedrock", "openai"].iter().find_map(|name| metadata.remove(*name))?;
    match provider {
        Json::Object(said) => Some(said),
        _ => None,
    }
}

/// The tier that OpenAI or Anthropic served.
pub fn service_tier<'a>(found: &Found<'_>) -> Option<Cow<'a, str>> {
    let said = metadata(found)?;
    let tier = said.get("serviceTier").or_else(|| said.get("usage")?.get("service_tier"))?;
    json_text::name(tier.as_str()?).map(Cow::Owned)
}

/// Cached and reasoning tokens as Anthropic, Bedrock or OpenAI tell them in the provider's metadata.
pub fn usage(found: &Found<'_>) -> Option<Sent> {
    let provider = metadata(found)?;
    let within = provider.get("usage").and_then(Json::as_object);
    let raw = within.map(|usage| object::read(usage, Counting::Unsaid)).unwrap_or_default();
    let named = |name| number(&provider, name).or_else(|| number(within?, name));
    Some(Sent {
        cache_read: raw.cache_read.or_else(|| named("cacheReadInputTokens")).or_else(|| named("cachedPromptTokens")),
        cache_write: raw
            .cache_write
            .or_else(|| named("cacheCreationInputTokens"))
            .or_else(|| named("cacheWriteInputTokens")),
        reasoning: named("reasoningTokens"),
        ..Sent::default()
    })
}

/// What a span of the `ai.*` kind is known to do: a call of Anthropic or Bedrock before release 6 counts cached tokens
/// beside the input, release 6 counts them within.
pub fn counting(found: &Found<'_>) -> Option<Counting> {
    if found.has(Field::VercelFreshTokens) {
        return Some(Counting::Within);
    }
    let provider = found.all(Field::Provider).find(|candidate| PROVIDER.contains(&candidate.key))?.text()?;
    (provider.contains("anthropic") || provider.contains("bedrock")).then_some(Counting::CacheBeside)
}

fn number(object: &Map<String, Json>, name: &str) -> Option<u64> {
    unsigned(object.get(name)?).filter(|count| *count <= TOKENS_MAX)
}

#[cfg(test)]
mod tests;
