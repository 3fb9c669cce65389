//! Spans as releases 4 to 7 of the AI SDK send them.

use model::span::{Category, Span};
use serde_json::{Value as Json, json};

use crate::normalise::testing::{a_span, decided};

fn legacy(name: &str, attributes: Json) -> Span {
    a_span(name).of_kind(1).in_scope("ai", "").with(attributes).normalised()
}

/// ai 6.0.326.
fn a_call(operation: &str) -> Json {
    json!({
        "operation.name": format!("{operation} my-function"),
        "resource.name": "my-function",
        "ai.operationId": operation,
        "ai.telemetry.functionId": "my-function",
        "ai.model.provider": "openai.chat",
        "ai.model.id": "gpt-4o",
        "ai.telemetry.metadata.userId": "u-2",
        "ai.telemetry.metadata.sessionId": "s-2",
        "ai.request.headers.user-agent": "ai/6.0.326",
        "ai.response.providerMetadata": "{\"openai\": {\"serviceTier\": \"default\"}}",
        "ai.usage.inputTokens": 1500,
        "ai.usage.inputTokenDetails.noCacheTokens": 476,
        "ai.usage.inputTokenDetails.cacheReadTokens": 1024,
        "ai.usage.outputTokens": 200,
        "ai.usage.outputTokenDetails.reasoningTokens": 64,
        "ai.usage.totalTokens": 1700,
        "ai.usage.reasoningTokens": 64,
        "ai.usage.cachedInputTokens": 1024,
    })
}

#[test]
fn an_inner_call_of_release_6_is_a_model_call() {
    let mut sent = a_call("ai.generateText.doGenerate");
    for (key, value) in [
        ("gen_ai.system", json!("openai.chat")),
        ("gen_ai.request.model", json!("gpt-4o")),
        ("ai.response.model", json!("gpt-4o-2024-08-06")),
        ("gen_ai.response.model", json!("gpt-4o-2024-08-06")),
        ("gen_ai.usage.input_tokens", json!(1500)),
        ("gen_ai.usage.output_tokens", json!(200)),
    ] {
        sent[key] = value;
    }
    insta::assert_json_snapshot!(decided(&legacy("ai.generateText.doGenerate", sent)));
}

#[test]
fn the_outer_call_repeats_it_and_is_not_counted() {
    let span = legacy("ai.generateText", a_call("ai.generateText"));
    insta::assert_json_snapshot!(decided(&span));
}

/// ai 4.3.19 with @ai-sdk/anthropic 1.2.12, then ai 5.0.277 with 2.0.112.
#[test]
fn the_cache_of_releases_4_and_5_is_found_in_the_providers_metadata() {
    for metadata in [
        r#"{"anthropic": {"cacheCreationInputTokens": 1253, "cacheReadInputTokens": 128955}}"#,
        r#"{"anthropic": {"usage": {"input_tokens": 5, "output_tokens": 40, "cache_creation_input_tokens": 1253,
            "cache_read_input_tokens": 128955}, "cacheCreationInputTokens": 1253, "stopSequence": null}}"#,
    ] {
        let span = legacy(
            "ai.generateText.doGenerate",
            json!({
                "ai.operationId": "ai.generateText.doGenerate",
                "ai.model.provider": "anthropic.messages",
                "ai.model.id": "claude-sonnet-4-5",
                "gen_ai.system": "anthropic.messages",
                "ai.response.providerMetadata": metadata,
                "ai.usage.promptTokens": 5,
                "ai.usage.completionTokens": 40,
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.output_tokens": 40,
            }),
        );
        let call = span.model_call.unwrap();
        let usage = call.usage;
        assert_eq!((usage.input, usage.cache_read, usage.cache_write), (Some(130_213), Some(128_955), Some(1253)));
        assert_eq!((usage.output, call.provider.as_deref()), (Some(40), Some("anthropic")));
    }
}

/// ai 5 streams with counts whose total leaves the cache out, ai 6 with counts that include it.
#[test]
fn an_ordinary_cache_hit_is_beside_the_input_before_release_6_and_within_it_since() {
    let mut sent = json!({
        "ai.operationId": "ai.streamText.doStream",
        "ai.model.provider": "amazon-bedrock",
        "ai.usage.inputTokens": 5000,
        "ai.usage.outputTokens": 100,
        "ai.usage.totalTokens": 5100,
        "ai.usage.cachedInputTokens": 2000,
    });
    let input = |sent: &Json| legacy("doStream", sent.clone()).model_call.unwrap().usage.input;
    assert_eq!(input(&sent), Some(7000));
    sent["ai.usage.inputTokenDetails.noCacheTokens"] = json!(3000);
    assert_eq!(input(&sent), Some(5000));
    sent.as_object_mut().unwrap().remove("ai.usage.inputTokenDetails.noCacheTokens");
    sent["ai.model.provider"] = json!("openai.chat");
    assert_eq!(input(&sent), Some(5000));
}

/// ai 4.3.19 with @ai-sdk/openai 1, by its source.
#[test]
fn the_cache_of_openai_in_release_4_is_within_the_input() {
    let sent = json!({
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.provider": "openai.chat",
        "ai.response.providerMetadata": r#"{"openai": {"reasoningTokens": 64, "cachedPromptTokens": 1024}}"#,
        "ai.usage.promptTokens": 1500,
        "ai.usage.completionTokens": 200,
    });
    let usage = legacy("ai.generateText.doGenerate", sent).model_call.unwrap().usage;
    assert_eq!((usage.input, usage.cache_read, usage.reasoning), (Some(1500), Some(1024), Some(64)));
}

/// ai 7.0.173 with @ai-sdk/otel 1.0.173.
#[test]
fn release_7_speaks_opentelemetry() {
    let chat = json!({
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.usage.input_tokens": 1500,
        "gen_ai.usage.output_tokens": 200,
        "gen_ai.usage.cache_read.input_tokens": 1024,
    });
    let span = a_span("chat gpt-4o").of_kind(3).in_scope("gen_ai", "").with(chat).normalised();
    insta::assert_json_snapshot!(decided(&span));
    let mut agent = json!({
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.agent.name": "my-function",
        "gen_ai.usage.input_tokens": 3000,
        "gen_ai.usage.output_tokens": 400,
    });
    let run = a_span("invoke_agent gpt-4o").in_scope("gen_ai", "").with(agent.clone()).normalised();
    assert_eq!((run.category, run.model_call.map(|call| call.usage.input)), (Category::Agent, Some(Some(3000))));
    agent["gen_ai.operation.name"] = json!("agent_step");
    assert_eq!(a_span("step 1").with(agent).normalised().category, Category::Agent);
}

/// ai 7.0.173 with LegacyOpenTelemetry: metadata became context.
#[test]
fn user_and_session_of_release_7_are_in_its_context() {
    let sent = json!({
        "ai.operationId": "ai.toolCall",
        "ai.settings.context.userId": "u-2",
        "ai.settings.context.sessionId": "s-2",
        "ai.toolCall.name": "weather",
        "ai.toolCall.id": "call_1",
    });
    let span = legacy("ai.toolCall", sent);
    assert_eq!((span.category, span.capability.as_deref()), (Category::Tool, Some("weather")));
    assert_eq!((span.user.as_deref(), span.session.as_deref()), (Some("u-2"), Some("s-2")));
}

#[test]
fn a_provider_is_cut_at_its_first_dot_only_when_the_sdk_put_it_together() {
    let provider = |sent: Json| a_span("chat").with(sent).normalised().model_call.unwrap().provider.unwrap();
    let call = |system: &str, vercel: Option<&str>| {
        let mut sent = json!({"gen_ai.operation.name": "chat", "gen_ai.system": system});
        if let Some(vercel) = vercel {
            sent["ai.model.provider"] = json!(vercel);
        }
        provider(sent)
    };
    assert_eq!(call("openai.chat", Some("openai.chat")), "openai");
    assert_eq!(call("aws.bedrock", None), "aws.bedrock");
    assert_eq!(call("azure.ai.openai", Some("azure.chat")), "azure.ai.openai");
    assert_eq!(
        provider(json!({"ai.operationId": "x.doGenerate", "tokens_in": 1, "ai.model.provider": "mistral.chat"})),
        "mistral"
    );
}

#[test]
fn every_operation_is_some_sort_of_work() {
    for (operation, category) in [
        ("ai.streamText.doStream", Category::Llm),
        ("ai.generateObject.doGenerate", Category::Llm),
        ("ai.embedMany.doEmbed", Category::Embedding),
        ("ai.embed", Category::Workflow),
        ("ai.rerank.doRerank", Category::Retrieval),
        ("ai.toolCall", Category::Tool),
        ("ai.streamObject", Category::Workflow),
        ("charge-card", Category::Other),
    ] {
        let sent = json!({"operation.name": format!("{operation} my-function")});
        assert_eq!(legacy("work", sent).category, category, "{operation}");
    }
}
