//! Every dialect ends in the same dialogue, and nothing that is sent breaks it.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::attribute::{Attributes, Value};
use crate::cost::Cost;
use crate::id::{SpanId, TraceId};
use crate::owner::Provenances;
use crate::span::{Category, DataTag, Detail, Event, SpanKind, Status};
use crate::time::UnixNanos;

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Empty,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Double(number.as_f64().unwrap()), Value::Int),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::Array(items.iter().map(value).collect()),
        Json::Object(_) => Value::Map(attributes(json)),
    }
}

fn attributes(json: &Json) -> Attributes {
    let members = json.as_object().unwrap();
    Attributes(members.iter().map(|(key, json)| (key.as_str().into(), value(json))).collect())
}

fn a_span(category: Category, sent: &Json) -> Span {
    Span {
        trace_id: TraceId::from_bytes([1; 16]).unwrap(),
        span_id: SpanId::from_bytes([1; 8]).unwrap(),
        parent_span_id: None,
        name: "chat".to_owned(),
        service: "agent".to_owned(),
        kind: SpanKind::Client,
        category,
        status: Status::Unset,
        status_message: None,
        start: UnixNanos(0),
        duration_ns: 1,
        tenant: None,
        capability: None,
        user: None,
        known: Provenances::default(),
        session: None,
        environment: None,
        data_tag: DataTag::ExportOk,
        peer: None,
        model_call: None,
        cost: Cost::default(),
        priced_as: None,
        data_size_bytes: None,
        detail: Detail { attributes: attributes(sent), ..Detail::default() },
    }
}

fn read(sent: Json) -> Conversation {
    messages(&a_span(Category::Llm, &sent))
}

fn event(name: &str, sent: Json) -> Event {
    Event { time: UnixNanos(0), name: name.to_owned(), attributes: attributes(&sent) }
}

/// The dialogue as a reader sees it: a line a part.
fn script(conversation: &Conversation) -> Vec<String> {
    let lines = conversation.messages.iter().flat_map(|message| {
        let role = message.role.as_str();
        message.parts.iter().map(move |part| match part {
            Part::Text(said) => format!("{role}: {}", flat(said)),
            Part::Reasoning(said) => format!("{role} thinks: {}", flat(said)),
            Part::ToolCall { id, name, arguments } => {
                format!("{role} calls {name} {} ({})", flat(arguments), id.as_deref().unwrap_or("-"))
            }
            Part::ToolResult { id, result, .. } => {
                format!("{role} got {} ({})", flat(result), id.as_deref().unwrap_or("-"))
            }
            Part::Media(media) => format!("{role} shows {media:?}"),
            Part::Other(said) => format!("{role} other: {}", flat(said)),
            Part::Skipped(count) => format!("{role} and {count} more"),
        })
    });
    lines.collect()
}

fn flat(excerpt: &Excerpt) -> String {
    excerpt.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What every dialect below tells.
const DIALOGUE: [&str; 5] = [
    "System: Be brief.",
    "User: Rain?",
    r#"Assistant calls weather { "city": "Oslo" } (call_1)"#,
    "Tool got wet (call_1)",
    "Assistant: Yes.",
];

#[test]
fn opentelemetrys_messages_are_read_as_text_and_as_structure() {
    let system = json!([{"type": "text", "content": "Be brief."}]);
    let input = json!([
        {"role": "user", "parts": [{"type": "text", "content": "Rain?"}]},
        {"role": "assistant", "parts": [{"type": "tool_call", "id": "call_1", "name": "weather", "arguments": {"city": "Oslo"}}]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "call_1", "result": "wet"}]},
    ]);
    let output =
        json!([{"role": "assistant", "parts": [{"type": "text", "content": "Yes."}], "finish_reason": "stop"}]);
    let structured = json!({
        "gen_ai.system_instructions": system, "gen_ai.input.messages": input, "gen_ai.output.messages": output,
    });
    let text = json!({
        "gen_ai.system_instructions": system.to_string(),
        "gen_ai.input.messages": input.to_string(),
        "gen_ai.output.messages": output.to_string(),
    });
    assert_eq!(script(&read(structured.clone())), DIALOGUE);
    assert_eq!(read(text), read(structured.clone()));
    assert_eq!(read(structured.clone()).output().next().unwrap().finish_reason.as_deref(), Some("stop"));
    let mut span = a_span(Category::Llm, &json!({}));
    span.detail.events.push(event("gen_ai.client.inference.operation.details", structured.clone()));
    assert_eq!(messages(&span), read(structured));
}

#[test]
fn the_older_events_are_read() {
    let mut span = a_span(Category::Llm, &json!({}));
    let calls = json!([{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Oslo\"}"}}]);
    span.detail.events = vec![
        event("gen_ai.system.message", json!({"content": "Be brief."})),
        event("gen_ai.user.message", json!({"gen_ai.event.content": "{\"content\": \"Rain?\"}"})),
        event("gen_ai.assistant.message", json!({"tool_calls": calls.to_string()})),
        event("gen_ai.tool.message", json!({"id": "call_1", "content": "wet"})),
        event("gen_ai.choice", json!({"index": 0, "finish_reason": "stop", "message": "{\"content\": \"Yes.\"}"})),
    ];
    assert_eq!(script(&messages(&span)), DIALOGUE);
    assert_eq!(messages(&span).output().next().unwrap().finish_reason.as_deref(), Some("stop"));
}

#[test]
fn flattened_messages_are_put_together_in_the_order_of_their_numbers() {
    let sent = json!({
        "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Be brief.",
        "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": "Rain?",
        "gen_ai.prompt.2.role": "assistant", "gen_ai.prompt.2.tool_calls.0.id": "call_1",
        "gen_ai.prompt.2.tool_calls.0.name": "weather", "gen_ai.prompt.2.tool_calls.0.arguments": "{\"city\":\"Oslo\"}",
        "gen_ai.prompt.10.role": "tool", "gen_ai.prompt.10.tool_call_id": "call_1", "gen_ai.prompt.10.content": "wet",
        "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "Yes.",
        "traceloop.entity.input": "said again",
    });
    assert_eq!(script(&read(sent)), DIALOGUE);
}

#[test]
fn openinferences_messages_are_read_with_their_images() {
    let sent = json!({
        "llm.input_messages.0.message.role": "system", "llm.input_messages.0.message.content": "Be brief.",
        "llm.input_messages.1.message.role": "user", "llm.input_messages.1.message.content": "Rain?",
        "llm.input_messages.2.message.role": "assistant",
        "llm.input_messages.2.message.tool_calls.0.tool_call.id": "call_1",
        "llm.input_messages.2.message.tool_calls.0.tool_call.function.name": "weather",
        "llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments": "{\"city\":\"Oslo\"}",
        "llm.input_messages.3.message.role": "tool", "llm.input_messages.3.message.tool_call_id": "call_1",
        "llm.input_messages.3.message.content": "wet",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.contents.0.message_content.type": "text",
        "llm.output_messages.0.message.contents.0.message_content.text": "Yes.",
        "input.value": "said again",
    });
    assert_eq!(script(&read(sent)), DIALOGUE);
    let image = "llm.input_messages.0.message.contents.0.message_content.image.image.url";
    let told = read(json!({"llm.input_messages.0.message.role": "user", image: "https://example.com/a.png"}));
    let Part::Media(media) = &told.messages[0].parts[0] else { panic!("an image: {told:?}") };
    assert_eq!((media.kind.as_str(), media.reference.as_deref()), ("image", Some("https://example.com/a.png")));
}

#[test]
fn vercels_prompts_and_answers_are_read() {
    let messages = json!([
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Rain?"}]},
        {"role": "assistant", "content": [{"type": "tool-call", "toolCallId": "call_1", "toolName": "weather", "args": {"city": "Oslo"}}]},
        {"role": "tool", "content": [{"type": "tool-result", "toolCallId": "call_1", "toolName": "weather", "result": "wet"}]},
    ]);
    let sent = json!({"ai.prompt.messages": messages.to_string(), "ai.response.text": "Yes."});
    assert_eq!(script(&read(sent)), DIALOGUE);
    let calls = json!([{"toolCallId": "call_1", "toolName": "weather", "input": "{\"city\":\"Oslo\"}"}]);
    let outer = json!({"ai.prompt": "{\"system\":\"Be brief.\",\"prompt\":\"Rain?\"}", "ai.response.toolCalls": calls.to_string()});
    assert_eq!(script(&read(outer)), DIALOGUE[..3]);
}

#[test]
fn requests_and_answers_of_the_providers_are_read_wherever_they_are_kept() {
    let call = json!([{"id": "call_1", "function": {"name": "weather", "arguments": "{\"city\":\"Oslo\"}"}}]);
    let openai = json!({"model": "m", "messages": [
        {"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Rain?"},
        {"role": "assistant", "content": null, "tool_calls": call}, {"role": "tool", "tool_call_id": "call_1", "content": "wet"},
    ]});
    let answer = json!({"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}]});
    let anthropic = json!({"system": "Be brief.", "messages": [
        {"role": "user", "content": "Rain?"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "call_1", "name": "weather", "input": {"city": "Oslo"}}]},
        {"role": "tool", "content": [{"type": "tool_result", "tool_use_id": "call_1", "content": [{"type": "text", "text": "wet"}]}]},
    ]});
    let message = json!({"type": "message", "role": "assistant", "content": [{"type": "text", "text": "Yes."}]});
    let responses = json!({"instructions": "Be brief.", "input": [
        {"role": "user", "content": [{"type": "input_text", "text": "Rain?"}]},
        {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": "{\"city\": \"Oslo\"}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "wet"},
    ]});
    let output = json!({"output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Yes."}]}]});
    let langchain = json!([[
        {"lc": 1, "id": ["langchain", "schema", "messages", "SystemMessage"], "kwargs": {"content": "Be brief."}},
        {"type": "human", "data": {"type": "human", "content": "Rain?"}},
        {"kwargs": {"type": "ai", "content": "", "tool_calls": [{"name": "weather", "args": {"city": "Oslo"}, "id": "call_1"}]}},
        {"type": "tool", "tool_call_id": "call_1", "content": "wet"},
    ]]);
    let generations =
        json!({"generations": [[{"text": "Yes.", "message": {"kwargs": {"type": "ai", "content": "Yes."}}}]]});
    for (input, output) in [(openai, answer), (anthropic, message), (responses, output), (langchain, generations)] {
        for (told, answered) in [
            ("input.value", "output.value"),
            ("traceloop.entity.input", "traceloop.entity.output"),
            ("langfuse.observation.input", "langfuse.observation.output"),
            ("mlflow.spanInputs", "mlflow.spanOutputs"),
        ] {
            assert_eq!(
                script(&read(json!({told: input.to_string(), answered: output.to_string()}))),
                DIALOGUE,
                "{input}"
            );
        }
    }
}

#[test]
fn googles_contents_and_candidates_are_read() {
    let input = json!({"systemInstruction": {"parts": [{"text": "Be brief."}]}, "contents": [
        {"role": "user", "parts": [{"text": "Rain?"}]},
        {"role": "model", "parts": [{"functionCall": {"name": "weather", "args": {"city": "Oslo"}}}]},
    ]});
    let output =
        json!({"candidates": [{"content": {"role": "model", "parts": [{"text": "Yes."}]}, "finishReason": "STOP"}]});
    let told = read(json!({"input.value": input, "output.value": output}));
    let lines = [DIALOGUE[0], DIALOGUE[1], r#"Assistant calls weather { "city": "Oslo" } (-)"#, DIALOGUE[4]];
    assert_eq!(script(&told), lines);
    assert_eq!(told.output().next().unwrap().finish_reason.as_deref(), Some("STOP"));
}

#[test]
fn pydantics_events_are_read() {
    let events = json!([
        {"event.name": "gen_ai.system.message", "role": "system", "content": "Be brief."},
        {"event.name": "gen_ai.user.message", "role": "user", "content": "Rain?"},
        {"event.name": "gen_ai.choice", "index": 0, "message": {"role": "assistant", "content": "Yes."}},
    ]);
    let lines = [DIALOGUE[0], DIALOGUE[1], DIALOGUE[4]];
    assert_eq!(script(&read(json!({"events": events.to_string()}))), lines);
}

#[test]
fn a_value_without_messages_is_one_of_a_model_call_and_none_of_a_tool() {
    let sent = json!({"input.value": "Rain?", "output.value": "Yes."});
    assert_eq!(script(&messages(&a_span(Category::Llm, &sent))), ["User: Rain?", "Assistant: Yes."]);
    assert_eq!(script(&messages(&a_span(Category::Agent, &sent))), ["Input: Rain?", "Output: Yes."]);
    assert!(messages(&a_span(Category::Tool, &sent)).is_empty());
    assert!(messages(&a_span(Category::Other, &sent)).is_empty());
}

#[test]
fn files_are_told_about_and_never_kept() {
    let data = format!("data:image/png;base64,{}", "AAAA".repeat(1000));
    let parts = json!([
        {"type": "image_url", "image_url": {"url": data}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "AAAA"}},
        {"type": "blob", "modality": "audio", "mime_type": "audio/wav", "content": "AAAA"},
        {"type": "uri", "modality": "image", "uri": "gs://bucket/a.png"},
        {"type": "file", "file_id": "file-1"},
        {"inlineData": {"mimeType": "application/pdf", "data": "AAAA"}},
        {"type": "input_image", "image_url": "https://example.com/a.png"},
        {"image": null, "name": "data:image/png;base64,"},
        {"type": "image", "image_url": "data:x://"},
    ]);
    let told = read(json!({"input.value": {"messages": [{"role": "user", "content": parts}]}}));
    let media = |kind: &str, media_type: Option<&str>, bytes, reference: Option<&str>| {
        let (media_type, reference) = (media_type.map(str::to_owned), reference.map(str::to_owned));
        Part::Media(Media { kind: kind.to_owned(), media_type, bytes, reference })
    };
    let expected = [
        media("image", Some("image/png"), Some(3000), None),
        media("image", Some("image/jpeg"), Some(3), None),
        media("audio", Some("audio/wav"), Some(3), None),
        media("image", None, None, Some("gs://bucket/a.png")),
        media("file", None, None, Some("file-1")),
        media("file", Some("application/pdf"), Some(3), None),
        media("image", None, None, Some("https://example.com/a.png")),
        media("image", None, None, None),
        media("image", None, Some(6), None),
    ];
    assert_eq!(told.messages[0].parts, expected);
    let arguments = json!([{"name": "look", "arguments": {"at": data}}]);
    let call = read(json!({"input.value": [{"role": "assistant", "tool_calls": arguments}]}));
    assert!(script(&call)[0].contains("data of type image/png, 3000 bytes"), "{call:?}");
}

#[test]
fn long_dialogues_and_long_texts_are_cut_and_say_so() {
    let messages: Vec<Json> =
        (0..1000).map(|n| json!({"role": "user", "content": format!("{n} {}", "é".repeat(40_000))})).collect();
    let told = read(json!({"gen_ai.input.messages": messages}));
    assert_eq!((told.messages.len(), told.skipped), (400, Some(Skipped { after: 20, count: 600 })));
    let Part::Text(first) = &told.messages[0].parts[0] else { panic!("a text") };
    assert_eq!((first.bytes, first.is_cut()), (80_002, true));
    assert!(script(&told)[399].starts_with("User: 999 "), "the latest message is kept");
    let kept: usize = script(&told).iter().map(String::len).sum();
    assert!(kept < 2 * 1024 * 1024, "{kept} bytes are kept");
    let many = "[".to_owned() + &"0,".repeat(100_000) + "0]";
    let Part::Text(text) = read(json!({"output.value": many})).messages.remove(0).parts.remove(0) else {
        panic!("a text")
    };
    assert!(!text.json, "what has too many values stays text");
}

#[test]
fn masked_values_stay_what_they_are() {
    let sent = json!({"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "***", "gen_ai.completion.0.content": "[REDACTED]"});
    assert_eq!(script(&read(sent)), ["User: ***", "Assistant: [REDACTED]"]);
}

/// Words that mean something to one dialect or another, and any others.
fn a_word() -> impl Strategy<Value = String> {
    let words = [
        "role",
        "content",
        "parts",
        "type",
        "text",
        "messages",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "message",
        "data",
        "kwargs",
        "id",
        "output",
        "input",
        "choices",
        "candidates",
        "generations",
        "image_url",
        "url",
        "source",
        "system",
        "user",
        "tool",
        "tool_use",
        "tool_result",
        "reasoning",
        "prompt",
        "message_content",
        "image",
        "functionCall",
    ];
    prop_oneof![4 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        a_word().prop_map(Json::from),
        "data:image/png;base64,[A-Za-z=é]{0,9}".prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 64, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((a_word(), inner.clone()), 0..5)
                .prop_map(|members| Json::Object(members.into_iter().collect())),
            inner.prop_map(|json| Json::String(json.to_string())),
        ]
    })
}

fn a_key() -> impl Strategy<Value = String> {
    let dialect = (0..dialects::DIALECTS.len()).prop_flat_map(|at| {
        let (keys, prefixes) = (dialects::DIALECTS[at].keys, dialects::DIALECTS[at].prefixes);
        let key = (0..keys.len().max(1)).prop_map(move |at| keys.get(at).copied().unwrap_or("other").to_owned());
        let index = prop_oneof!["[0-9]{1,12}", Just(String::new())];
        let part = (0..prefixes.len().max(1), index, a_word(), a_word())
            .prop_map(move |(at, index, a, b)| format!("{}{index}.{a}.{b}", prefixes.get(at).copied().unwrap_or("x.")));
        prop_oneof![key, part]
    });
    prop_oneof![4 => dialect, 1 => ".{0,8}"]
}

proptest! {
    #[test]
    fn whatever_is_sent_is_read_within_bounds(
        sent in prop::collection::vec((a_key(), any_json()), 0..8),
        events in prop::collection::vec(("gen_ai\\.(user|tool|system|odd)\\.message|gen_ai\\.choice|gen_ai\\.content\\.(prompt|completion)", any_json()), 0..4),
        category in prop::sample::select(Category::ALL),
    ) {
        let mut span = a_span(category, &json!({}));
        span.detail.attributes = Attributes(sent.iter().map(|(key, json)| (key.as_str().into(), value(json))).collect());
        span.detail.events = events.iter().filter(|(_, json)| json.is_object()).map(|(name, json)| event(name, json.clone())).collect();
        let told = messages(&span);
        prop_assert!(told.messages.len() <= Conversation::MESSAGES_MAX);
        for part in told.messages.iter().flat_map(|message| &message.parts) {
            if let Part::Text(said) | Part::Reasoning(said) | Part::Other(said) = part {
                prop_assert!(said.text.len() <= said.bytes.min(Excerpt::BYTES_MAX));
            }
            if let Part::Media(media) = part {
                prop_assert!(!media.reference.as_deref().unwrap_or_default().starts_with("data:"));
            }
        }
    }
}
