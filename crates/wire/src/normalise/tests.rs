//! Dialects as their SDKs send them, and what cannot be true.

use model::attribute::{Attributes, Value};
use model::span::{Category, DataTag, Span, SpanKind, Status};
use model::{SpanId, TraceId};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::raw::Origin;

fn raw(attributes: Json) -> RawSpan {
    RawSpan {
        name: "work".into(),
        start_ns: 1_700_000_000_000_000_000,
        end_ns: 1_700_000_001_000_000_000,
        attributes: attributes_of(attributes),
        ..RawSpan::new(TraceId::from_bytes([1; 16]).unwrap(), SpanId::from_bytes([1; 8]).unwrap())
    }
}

fn attributes_of(json: Json) -> Attributes {
    let Json::Object(members) = json else { panic!("attributes are an object") };
    let value = |json: Json| match json {
        Json::String(text) => Value::String(text),
        Json::Bool(truth) => Value::Bool(truth),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Double(number.as_f64().unwrap()), Value::Int),
        other => panic!("{other} is not used in these tests"),
    };
    Attributes(members.into_iter().map(|(key, json)| (key, value(json))).collect())
}

fn with(attributes: Json) -> Span {
    span(raw(attributes))
}

fn with_resource(attributes: Json, resource: Json) -> Span {
    let origin = Origin { resource: Arc::new(attributes_of(resource)), ..Origin::default() };
    span(RawSpan { origin: Arc::new(origin), ..raw(attributes) })
}

/// All that normalising decides, without what is kept as it was sent.
fn decided(span: &Span) -> Json {
    let mut json = serde_json::to_value(span).unwrap();
    let warnings = span.detail.warnings.clone();
    let members = json.as_object_mut().unwrap();
    for sent in ["trace_id", "span_id", "parent_span_id", "name", "kind", "start", "duration_ns", "detail"] {
        members.remove(sent);
    }
    members.retain(|_, value| !value.is_null());
    members.insert("warnings".into(), json!(warnings));
    json
}

#[test]
fn openinference_llm_call() {
    let span = with(json!({
        "openinference.span.kind": "LLM",
        "llm.model_name": "gpt-4o-2024-08-06",
        "llm.provider": "openai",
        "llm.system": "openai",
        "llm.token_count.prompt": 1500,
        "llm.token_count.prompt_details.cache_read": 1024,
        "llm.token_count.completion": 200,
        "llm.token_count.total": 1700,
        "llm.cost.total": 0.0047,
        "session.id": "s-1",
        "user.id": "u-1",
        "input.value": "Hello",
    }));
    insta::assert_json_snapshot!(decided(&span));
}

#[test]
fn vercel_ai_inner_and_outer_call() {
    let usage = json!({
        "ai.operationId": "ai.generateText.doGenerate",
        "operation.name": "ai.generateText.doGenerate my-function",
        "ai.model.id": "gpt-4o-mini",
        "ai.model.provider": "openai.chat",
        "ai.response.model": "gpt-4o-mini-2024-07-18",
        "ai.usage.promptTokens": 12,
        "ai.usage.completionTokens": 34,
        "ai.telemetry.functionId": "my-function",
        "ai.telemetry.metadata.userId": "u-2",
    });
    insta::assert_json_snapshot!("vercel_ai_inner_call", decided(&with(usage.clone())));
    let mut outer = usage;
    outer["ai.operationId"] = json!("ai.generateText");
    insta::assert_json_snapshot!("vercel_ai_outer_call", decided(&with(outer)));
}

#[test]
fn langfuse_generation() {
    let span = with(json!({
        "langfuse.observation.type": "generation",
        "langfuse.observation.model.name": "claude-sonnet-4-5",
        "langfuse.observation.usage_details":
            r#"{"input": 476, "input_cached_tokens": 1024, "output": 170, "output_reasoning_tokens": 30, "total": 1700}"#,
        "langfuse.observation.cost_details": r#"{"input": 0.001, "output": "0.002"}"#,
        "langfuse.user.id": "u-3",
        "langfuse.session.id": "s-3",
        "langfuse.trace.name": "support-answer",
        "langfuse.environment": "production",
    }));
    insta::assert_json_snapshot!(decided(&span));
}

#[test]
fn traceloop_chat() {
    let span = with(json!({
        "llm.request.type": "chat",
        "gen_ai.system": "Anthropic",
        "gen_ai.request.model": "claude-3-5-sonnet-latest",
        "gen_ai.response.model": "claude-3-5-sonnet-20241022",
        "gen_ai.usage.prompt_tokens": 5,
        "gen_ai.usage.cache_read_input_tokens": 128_955,
        "gen_ai.usage.cache_creation_input_tokens": 1_253,
        "gen_ai.usage.completion_tokens": 40,
        "traceloop.workflow.name": "triage",
        "traceloop.association.properties.user_id": "u-4",
        "traceloop.association.properties.tenant": "acme",
    }));
    insta::assert_json_snapshot!(decided(&span));
}

#[test]
fn the_documents_llm_generate() {
    let span = with(json!({
        "ai.provider": "openai",
        "ai.model": "gpt-4o",
        "ai.prompt_tokens": 5,
        "ai.completion_tokens": 20,
        "ai.total_tokens": 25,
        "ai.cost": 0.00015,
        "feature.name": "chat",
    }));
    insta::assert_json_snapshot!(decided(&span));
}

#[test]
fn the_sort_of_work_is_told_from_what_each_dialect_says() {
    for (attributes, category) in [
        (json!({"gen_ai.operation.name": "chat"}), Category::Llm),
        (json!({"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}), Category::Tool),
        (json!({"gen_ai.operation.name": "search_memory"}), Category::Retrieval),
        (json!({"openinference.span.kind": "RERANKER"}), Category::Retrieval),
        (json!({"traceloop.span.kind": "task"}), Category::Workflow),
        (json!({"operation.name": "ai.embed.doEmbed f"}), Category::Embedding),
        (json!({"ai.operationId": "ai.toolCall"}), Category::Tool),
        (json!({"mlflow.spanType": "\"CHAT_MODEL\""}), Category::Llm),
        (json!({"decision.type": "code_analysis", "decision.confidence": 0.95}), Category::Decision),
        (json!({"tool.name": "search", "tool.duration_ms": 150}), Category::Tool),
        (json!({"model": "gemini-pro", "tokens_in": 150, "tokens_out": 300}), Category::Llm),
        (json!({"model": "Volvo 240"}), Category::Other),
        (json!({"embedding.model_name": "text-embedding-3-small"}), Category::Embedding),
        (json!({"agent": "code-analyst", "input_length": 500}), Category::Agent),
        (json!({"operation_type": "database_query"}), Category::Database),
        (json!({"db.system": "postgresql"}), Category::Database),
        (json!({"messaging.system": "kafka"}), Category::Queue),
        (json!({"http.request.method": "GET"}), Category::Http),
        (json!({"rpc.system": "grpc"}), Category::Http),
        (json!({}), Category::Other),
    ] {
        assert_eq!(with(attributes.clone()).category, category, "{attributes}");
    }
    let consumer = span(RawSpan { kind: 5, ..raw(json!({})) });
    assert_eq!(consumer.category, Category::Queue);
}

#[test]
fn usage_on_an_agent_repeats_its_calls_and_is_not_counted() {
    let agent = with(json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 900}));
    assert_eq!((agent.category, agent.model_call), (Category::Agent, None));
}

#[test]
fn money_is_read_from_numbers_and_text_and_nothing_else() {
    for (sent, usd) in [
        (json!(0.00005), Some("0.00005")),
        (json!("0.0001"), Some("0.0001")),
        (json!(" 5e-5 "), Some("0.00005")),
        (json!(2), Some("2")),
        (json!(0), Some("0")),
        (json!(true), None),
        (json!(-0.5), None),
        (json!("$0.10"), None),
        (json!("0,10"), None),
        (json!("NaN"), None),
        (json!(1e12), None),
    ] {
        let span = with(json!({ "cost_usd": sent.clone() }));
        assert_eq!(span.cost.usd.map(|usd| usd.to_string()).as_deref(), usd, "{sent}");
        assert_eq!(span.detail.warnings.len(), usize::from(usd.is_none()), "{sent}");
        assert!(span.cost.note.is_some(), "{sent}");
    }
    let nan =
        span(RawSpan { attributes: Attributes(vec![("cost_usd".into(), Value::Double(f64::NAN))]), ..raw(json!({})) });
    assert_eq!((nan.cost.usd, nan.detail.warnings.len()), (None, 1));
}

#[test]
fn a_bad_cost_is_passed_over_for_a_usable_one_and_stays_visible() {
    let span = with(json!({"cost_usd": "free", "ai.cost": 0.5}));
    assert_eq!(span.cost.note.as_deref(), Some("reported as ai.cost"));
    assert!(span.detail.warnings[0].starts_with("cost_usd = \"free\" was not used"));
    assert_eq!(span.detail.attributes.text("cost_usd"), Some("free"));
}

#[test]
fn running_totals_and_other_currencies_are_no_cost() {
    let span = with(json!({"accumulated_cost_usd": 0.00115, "mlflow.trace.cost": 3, "total_cost_usd": 9}));
    assert_eq!((span.cost.usd, span.cost.accumulated.map(|usd| usd.to_string())), (None, Some("0.00115".into())));
    let euros = with(json!({"gen_ai.usage.cost.amount": 0.5, "gen_ai.usage.cost.currency": "EUR"}));
    assert_eq!(euros.cost.usd, None);
    assert_eq!(euros.cost.note.as_deref(), Some("gen_ai.usage.cost.amount is in EUR, not USD, and was not used"));
}

#[test]
fn costs_sent_in_parts_are_added_up() {
    let span = with(json!({"gen_ai.usage.input_cost": 0.1, "gen_ai.usage.output_cost": "0.2"}));
    assert_eq!(span.cost.usd.map(|usd| usd.to_string()).as_deref(), Some("0.3"));
}

#[test]
fn owners_come_from_the_span_and_then_from_its_resource_but_costs_do_not() {
    let span = with_resource(
        json!({"organization.id": "acme"}),
        json!({"tenant": "globex", "user.id": 42, "cost_usd": 5, "tokens_in": 7, "data_tag": "PII"}),
    );
    assert_eq!((span.tenant.as_deref(), span.user.as_deref()), (Some("acme"), Some("42")));
    assert_eq!((span.cost.usd, span.model_call, span.data_tag), (None, None, DataTag::Pii));
}

#[test]
fn the_service_is_the_resources_unless_that_is_unknown() {
    let service = |attributes, resource| with_resource(attributes, resource).service;
    assert_eq!(service(json!({"service": "tools"}), json!({"service.name": "shop"})), "shop");
    assert_eq!(service(json!({"service": "tools"}), json!({"service.name": "unknown_service:python"})), "tools");
    assert_eq!(service(json!({"service": "tools"}), json!({})), "tools");
    assert_eq!(service(json!({}), json!({"service.name": "unknown_service:python"})), "unknown_service:python");
    assert_eq!(service(json!({}), json!({})), "unknown_service");
    let native = RawSpan { fields: attributes_of(json!({"service": "native"})), ..raw(json!({"service": "tools"})) };
    assert_eq!(span(native).service, "native");
}

#[test]
fn the_peer_of_a_call_is_named_and_a_server_names_its_caller_only_in_so_many_words() {
    let peer = |kind, attributes| span(RawSpan { kind, ..raw(attributes) }).peer;
    let llm = json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "server.address": "10.0.0.1"});
    assert_eq!(peer(3, llm).as_deref(), Some("openai"));
    let database = json!({"db.system": "postgresql", "server.address": "orders-db"});
    assert_eq!(peer(1, database).as_deref(), Some("orders-db"));
    assert_eq!(peer(4, json!({"messaging.destination.name": "tasks"})).as_deref(), Some("tasks"));
    assert_eq!(peer(2, json!({"server.address": "me", "http.request.method": "GET"})), None);
    assert_eq!(peer(2, json!({"server.address": "me", "peer.service": "web"})).as_deref(), Some("web"));
    assert_eq!(peer(1, json!({"server.address": "me"})), None);
}

#[test]
fn failure_is_told_from_status_attributes_and_exceptions() {
    for (attributes, status) in [
        (json!({"error": true}), Status::Error),
        (json!({"error": "true"}), Status::Error),
        (json!({"error": "false"}), Status::Unset),
        (json!({"error": false}), Status::Unset),
        (json!({"error.type": "timeout"}), Status::Error),
        (json!({"otel.status_code": "ERROR"}), Status::Error),
        (json!({"otel.status_code": "OK"}), Status::Ok),
        (json!({"execution.success": false}), Status::Error),
        (json!({"execution.success": true}), Status::Unset),
    ] {
        assert_eq!(with(attributes.clone()).status, status, "{attributes}");
    }
    let thrown = RawEvent {
        time_ns: 1,
        name: "exception".into(),
        attributes: attributes_of(json!({"exception.message": "boom"})),
    };
    let failed = span(RawSpan { events: vec![thrown.clone()], ..raw(json!({})) });
    assert_eq!((failed.status, failed.status_message.as_deref()), (Status::Error, Some("boom")));
    let handled = span(RawSpan { events: vec![thrown], status_code: 1, ..raw(json!({})) });
    assert_eq!((handled.status, handled.status_message), (Status::Ok, None));
}

#[test]
fn times_that_cannot_be_true_are_mended_with_a_warning() {
    let times = |start_ns, end_ns| {
        let span = span(RawSpan { start_ns, end_ns, ..raw(json!({})) });
        (span.start.0, span.duration_ns, span.detail.warnings.len())
    };
    assert_eq!(times(10, 30), (10, 20, 0));
    assert_eq!(times(30, 10), (30, 0, 1));
    assert_eq!(times(0, 10), (10, 0, 1));
    assert_eq!(times(10, 0), (10, 0, 1));
    assert_eq!(times(0, 0), (0, 0, 1));
    assert_eq!(times(10, u64::MAX), (10, i64::MAX - 10, 1));
    assert_eq!(times(u64::MAX, u64::MAX), (i64::MAX, 0, 2));
}

#[test]
fn nul_characters_are_replaced_everywhere() {
    let origin = Origin {
        resource: Arc::new(attributes_of(json!({"service.name": "a\0b"}))),
        scope_name: "\0".into(),
        ..Origin::default()
    };
    let mut dirty = RawSpan { origin: Arc::new(origin), ..raw(json!({"k\0": "v\0", "tenant": "t\0"})) };
    dirty.name = "n\0".into();
    dirty.attributes.0.push(("list".into(), Value::Array(vec![Value::String("\0".into())])));
    let span = span(dirty);
    assert!(!serde_json::to_string(&span).unwrap().contains("\\u0000"));
    assert_eq!((span.service.as_str(), span.tenant.as_deref()), ("a\u{FFFD}b", Some("t\u{FFFD}")));
    assert_eq!(span.detail.warnings, ["U+0000 characters were replaced with U+FFFD"]);
}

#[test]
fn long_names_are_cut_at_a_character_and_say_so() {
    let span = with(json!({"tenant": "ä".repeat(5000)}));
    let tenant = span.tenant.unwrap();
    assert!(tenant.len() <= 256 && tenant.ends_with("ä…"), "{tenant}");
    assert_eq!(span.detail.warnings, ["the tenant has 10000 bytes and was cut to 256"]);
    assert_eq!(span.detail.attributes.text("tenant").map(str::len), Some(10_000));
}

#[test]
fn a_data_class_we_do_not_know_counts_as_sensitive() {
    assert_eq!(with(json!({"data_tag": "pii"})).data_tag, DataTag::Pii);
    assert_eq!(with(json!({})).data_tag, DataTag::ExportOk);
    let span = with(json!({"data_tag": "TOP SECRET"}));
    assert_eq!((span.data_tag, span.detail.warnings.len()), (DataTag::Sensitive, 1));
}

#[test]
fn of_equal_keys_the_last_counts_and_kinds_from_the_future_are_internal() {
    let twice = vec![("tenant".into(), Value::String("a".into())), ("tenant".into(), Value::String("b".into()))];
    let span = span(RawSpan { attributes: Attributes(twice), kind: 9, ..raw(json!({})) });
    assert_eq!((span.tenant.as_deref(), span.kind), (Some("b"), SpanKind::Internal));
}

#[test]
fn the_documented_sample_costs_what_it_says() {
    let sample = include_bytes!("../../fixtures/sample_trace.json");
    let spans: Vec<Span> = crate::native::decode(sample).unwrap().spans.into_iter().map(span).collect();
    let costs: Vec<_> = spans.iter().map(|span| span.cost.usd.unwrap().to_string()).collect();
    assert_eq!(costs, ["0.0001", "0.00005", "0.0011"]);
    assert_eq!(spans[1].cost.accumulated.unwrap().to_string(), "0.00115");
    assert_eq!((spans[2].category, spans[2].capability.as_deref()), (Category::Tool, Some("code_generator")));
    assert!(spans.iter().all(|span| span.detail.warnings.is_empty() && span.tenant.as_deref() == Some("tenant_123")));
}

/// Any value, under keys that mean something and others.
fn any_attribute() -> impl Strategy<Value = (String, Value)> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "cost_usd",
            "ai.cost",
            "tenant",
            "model",
            "tokens_in",
            "tokens_out",
            "gen_ai.usage.total_tokens",
            "error",
            "gen_ai.usage.cache_read.input_tokens",
            "langfuse.observation.usage_details",
            "data_tag",
            "service",
            "langfuse.observation.cost_details",
            "gen_ai.operation.name",
            "db.system",
            "operation_type",
        ])
        .prop_map(str::to_owned),
        ".{0,5}",
    ];
    let value = prop_oneof![
        Just(Value::Empty),
        ".{0,20}".prop_map(Value::String),
        r#"\{("(total|input|output)": ?"?-?[0-9.e]{1,12}"?,?)*\}"#.prop_map(Value::String),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>().prop_map(Value::Double),
        prop::collection::vec(any::<u8>(), 0..3).prop_map(Value::Bytes),
        Just(Value::Array(vec![Value::Map(Attributes(vec![("\0".into(), Value::String("\0".into()))]))])),
    ];
    (key, value)
}

proptest! {
    #[test]
    fn any_span_is_normalised_and_keeps_its_attributes(
        attributes in prop::collection::vec(any_attribute(), 0..8),
        fields in prop::collection::vec(any_attribute(), 0..3),
        times in any::<[u64; 3]>(),
        numbers in any::<[i32; 2]>(),
    ) {
        let event = RawEvent { time_ns: times[2], name: "exception".into(), attributes: Attributes::default() };
        let sent = RawSpan {
            attributes: Attributes(attributes),
            fields: Attributes(fields),
            start_ns: times[0],
            end_ns: times[1],
            kind: numbers[0],
            status_code: numbers[1],
            events: vec![event],
            ..raw(json!({}))
        };
        let count = sent.attributes.0.len();
        let span = span(sent);
        prop_assert_eq!(span.detail.attributes.0.len(), count);
        prop_assert!(span.duration_ns >= 0 && span.start.0 >= 0);
        prop_assert!(span.cost.usd.is_none_or(|usd| usd.pico() >= 0));
        prop_assert_eq!(span.cost.usd, span.cost.reported);
    }
}
