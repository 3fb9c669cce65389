//! What holds whatever the dialect, and what cannot be true.

use model::attribute::{Attributes, Text, Value};
use model::span::{Category, DataTag, Span, SpanKind, Status};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::testing::{ASpan, a_span};
use super::*;

fn with(attributes: Json) -> Span {
    a_span("work").with(attributes).normalised()
}

#[test]
fn the_sort_of_work_is_told_from_what_each_dialect_says() {
    for (attributes, category) in [
        (json!({"gen_ai.operation.name": "chat", "openinference.span.kind": "TOOL"}), Category::Llm),
        (json!({"openinference.span.kind": "TOOL", "langfuse.observation.type": "agent"}), Category::Tool),
        (json!({"langfuse.observation.type": "agent", "traceloop.span.kind": "task"}), Category::Agent),
        (json!({"traceloop.span.kind": "task", "ai.operationId": "ai.toolCall"}), Category::Workflow),
        (json!({"ai.operationId": "ai.toolCall", "mlflow.spanType": "LLM"}), Category::Tool),
        (json!({"mlflow.spanType": "\"CHAT_MODEL\"", "operation_type": "storage_read"}), Category::Llm),
        (json!({"operation_type": "storage_read", "gen_ai.tool.name": "search"}), Category::Database),
        (json!({"tool.name": "search", "tool.duration_ms": 150}), Category::Tool),
        (json!({"model": "gemini-pro", "tokens_in": 150, "tokens_out": 300}), Category::Llm),
        (json!({"model": "Volvo 240"}), Category::Other),
        (json!({"agent": "code-analyst", "input_length": 500}), Category::Agent),
        (json!({"ai.telemetry.functionId": "answer"}), Category::Other),
        (json!({"db.system": "postgresql"}), Category::Database),
        (json!({"messaging.system": "kafka"}), Category::Queue),
        (json!({"http.request.method": "GET"}), Category::Http),
        (json!({"rpc.system": "grpc"}), Category::Http),
        (json!({}), Category::Other),
    ] {
        assert_eq!(with(attributes.clone()).category, category, "{attributes}");
    }
    assert_eq!(a_span("consume").of_kind(5).normalised().category, Category::Queue);
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
        (json!(-1), None),
        (json!("$0.10"), None),
        (json!("0,10"), None),
        (json!("NaN"), None),
        (json!("inf"), None),
        (json!(1e12), None),
        (json!([0.1]), None),
        (json!({"usd": 0.1}), None),
    ] {
        let span = with(json!({ "cost_usd": sent.clone() }));
        assert_eq!(span.cost.usd.map(|usd| usd.to_string()).as_deref(), usd, "{sent}");
        assert_eq!(span.detail.warnings.len(), usize::from(usd.is_none()), "{sent}");
        assert!(span.cost.note.is_some(), "{sent}");
    }
    for double in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let mut sent = a_span("work");
        sent.0.attributes.0.push(("cost_usd".into(), Value::Double(double)));
        let span = sent.normalised();
        assert_eq!((span.cost.usd, span.detail.warnings.len()), (None, 1), "{double}");
    }
}

#[test]
fn a_bad_cost_is_passed_over_for_a_usable_one_and_stays_visible() {
    let span = with(json!({"cost_usd": "free", "ai.cost": 0.5}));
    assert_eq!(span.cost.note.as_deref(), Some("reported as ai.cost"));
    assert!(span.detail.warnings[0].starts_with("cost_usd = \"free\" was not used"));
    assert_eq!(span.detail.attributes.text("cost_usd"), Some("free"));
}

#[test]
fn running_totals_and_totals_of_a_trace_are_no_cost() {
    let span = with(json!({"accumulated_cost_usd": 0.00115, "mlflow.trace.cost": 3, "total_cost_usd": 9}));
    assert_eq!((span.cost.usd, span.cost.accumulated.map(|usd| usd.to_string())), (None, Some("0.00115".into())));
    let header = with(json!({"x-cost-usd": "0.00015"}));
    assert_eq!((header.cost.usd, header.cost.accumulated.is_some()), (None, true));
    let margins = with(json!({"gen_ai.cost.original_cost": 1, "gen_ai.cost.margin_total_amount": 1}));
    assert_eq!((margins.cost.usd, margins.cost.note), (None, None));
}

#[test]
fn a_cost_in_another_currency_is_unknown_and_says_which() {
    let euros = with(json!({"gen_ai.usage.cost.amount": 0.5, "gen_ai.usage.cost.currency": "EUR"}));
    assert_eq!(euros.cost.usd, None);
    assert_eq!(euros.cost.note.as_deref(), Some("gen_ai.usage.cost.amount = 0.5 was not used: it is in EUR, not USD"));
    let dollars = json!({
        "gen_ai.usage.cost.amount": 0.5, "gen_ai.usage.cost.currency": "usd", "gen_ai.usage.cost.source": "provider",
    });
    let dollars = with(dollars).cost;
    assert_eq!(dollars.usd.unwrap().to_string(), "0.5");
    assert_eq!(dollars.note.as_deref(), Some("reported as gen_ai.usage.cost.amount by provider"));
    let litellm = json!({
        "gen_ai.cost.total_cost": 1, "gen_ai.cost.input_cost": 1, "gen_ai.cost.output_cost": 1, "gen_ai.cost.currency": "GBP",
    });
    assert_eq!(with(litellm).cost.usd, None);
    let parts = json!({"gen_ai.usage.input_cost": 0.25, "gen_ai.usage.cost.currency": "EUR"});
    assert_eq!(with(parts).cost.usd, None);
    let beside = json!({"cost_usd": 0.25, "gen_ai.usage.cost.amount": 0.2, "gen_ai.usage.cost.currency": "EUR"});
    assert_eq!(with(beside).cost.usd.unwrap().to_string(), "0.25");
}

#[test]
fn costs_sent_in_parts_are_added_up_unless_one_is_broken() {
    let usd = |sent: Json| with(sent).cost.usd.map(|usd| usd.to_string());
    let both = json!({"gen_ai.usage.input_cost": 0.1, "gen_ai.usage.output_cost": "0.2"});
    assert_eq!(usd(both).as_deref(), Some("0.3"));
    assert_eq!(usd(json!({"gen_ai.usage.input_cost": 0.1})).as_deref(), Some("0.1"));
    assert_eq!(usd(json!({"gen_ai.usage.input_cost": 0.1, "gen_ai.usage.output_cost": true})), None);
    assert_eq!(usd(json!({"gen_ai.usage.input_cost": 0.1, "llm.cost.total": "?"})).as_deref(), Some("0.1"));
}

#[test]
fn owners_come_from_the_span_and_then_from_its_resource_but_costs_do_not() {
    let span = a_span("work")
        .with(json!({"organization.id": "acme"}))
        .on_resource(json!({"tenant": "globex", "user.id": 42, "cost_usd": 5, "tokens_in": 7, "data_tag": "PII"}))
        .normalised();
    assert_eq!((span.tenant.as_deref(), span.user.as_deref()), (Some("acme"), Some("42")));
    assert_eq!((span.cost.usd, span.model_call, span.data_tag), (None, None, DataTag::Pii));
}

#[test]
fn the_fields_of_a_protocol_come_before_the_attributes() {
    let span = a_span("work")
        .with(json!({"capability": "chat", "gen_ai.workflow.name": "triage"}))
        .with_fields(json!({"gen_ai.workflow.name": "from the protocol"}))
        .normalised();
    assert_eq!(span.capability.as_deref(), Some("from the protocol"));
}

#[test]
fn the_service_is_the_resources_unless_that_is_unknown() {
    let service = |attributes, resource| a_span("w").with(attributes).on_resource(resource).normalised().service;
    assert_eq!(service(json!({"service": "tools"}), json!({"service.name": "shop"})), "shop");
    assert_eq!(service(json!({"service": "tools"}), json!({"service.name": "unknown_service:python"})), "tools");
    assert_eq!(service(json!({"service": "tools"}), json!({})), "tools");
    assert_eq!(service(json!({}), json!({"service.name": "unknown_service:python"})), "unknown_service:python");
    assert_eq!(service(json!({}), json!({"openinference.project.name": "support"})), "support");
    assert_eq!(service(json!({}), json!({})), "unknown_service");
    let native = a_span("w").with(json!({"service": "tools"})).with_fields(json!({"service": "native"}));
    assert_eq!(native.normalised().service, "native");
}

#[test]
fn the_peer_of_a_call_is_named_and_a_server_names_its_caller_only_in_so_many_words() {
    let peer = |kind, attributes| a_span("call").of_kind(kind).with(attributes).normalised().peer;
    let llm = json!({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "OpenAI", "server.address": "10.0.0.1"});
    assert_eq!(peer(3, llm).as_deref(), Some("openai"));
    let nameless = json!({"gen_ai.operation.name": "chat", "server.address": "10.0.0.1"});
    assert_eq!(peer(1, nameless).as_deref(), Some("10.0.0.1"));
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
        (json!({"error": "connection refused"}), Status::Error),
        (json!({"error": "False"}), Status::Unset),
        (json!({"error": false}), Status::Unset),
        (json!({"error": 0}), Status::Unset),
        (json!({"error": ""}), Status::Unset),
        (json!({"error.type": "timeout"}), Status::Error),
        (json!({"otel.status_code": "ERROR"}), Status::Error),
        (json!({"otel.status_code": "OK", "error": true}), Status::Error),
        (json!({"otel.status_code": "OK"}), Status::Ok),
        (json!({"execution.success": false}), Status::Error),
        (json!({"execution.success": "False"}), Status::Error),
        (json!({"execution.success": true}), Status::Unset),
    ] {
        assert_eq!(with(attributes.clone()).status, status, "{attributes}");
    }
    let thrown = || a_span("work").with_event("exception", json!({"exception.message": "boom"}));
    let failed = thrown().normalised();
    assert_eq!((failed.status, failed.status_message.as_deref()), (Status::Error, Some("boom")));
    let handled = ASpan(RawSpan { status_code: 1, ..thrown().0 }).normalised();
    assert_eq!((handled.status, handled.status_message), (Status::Ok, None));
}

#[test]
fn times_that_cannot_be_true_are_mended_with_a_warning() {
    let times = |start_ns, end_ns| {
        let span = span(RawSpan { start_ns, end_ns, ..a_span("work").0 });
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
    let sent = a_span("n\0")
        .in_scope("\0", "")
        .on_resource(json!({"service.name": "a\0b"}))
        .with(json!({"k\0": "v\0", "tenant": "t\0", "user.id": "\"u\\u0000\"", "list": ["\0"]}));
    let span = sent.normalised();
    let decided = (span.service.as_str(), span.tenant.as_deref(), span.user.as_deref());
    assert_eq!(decided, ("a\u{FFFD}b", Some("t\u{FFFD}"), Some("u\u{FFFD}")));
    assert_eq!(span.detail.warnings, ["U+0000 characters were replaced with U+FFFD"]);
    assert!(!format!("{span:?}").contains("\\0"));
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
fn the_tier_is_what_was_served_and_else_what_was_asked_for() {
    let tier = |mut sent: Json| {
        sent["tokens_in"] = json!(1);
        with(sent).model_call.unwrap().service_tier
    };
    let asked = r#"{"service_tier": "flex", "tools": []}"#;
    assert_eq!(tier(json!({"llm.invocation_parameters": asked})).as_deref(), Some("flex"));
    let served = json!({"openai.response.service_tier": "default", "llm.invocation_parameters": asked});
    assert_eq!(tier(served).as_deref(), Some("default"));
    let vercel = json!({"ai.response.providerMetadata": r#"{"anthropic": {"usage": {"service_tier": "priority"}}}"#});
    assert_eq!(tier(vercel).as_deref(), Some("priority"));
    assert_eq!(tier(json!({"llm.invocation_parameters": r#"{"service_tier": null}"#})), None);
    assert_eq!(tier(json!({"langfuse.observation.model.parameters": "service_tier"})), None);
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
    let span = a_span("work").of_kind(9).with(json!({"tenant": "a"})).with(json!({"tenant": "b"})).normalised();
    assert_eq!((span.tenant.as_deref(), span.kind), (Some("b"), SpanKind::Internal));
}

#[test]
fn a_hundred_thousand_attributes_are_read_in_one_pass() {
    let mut sent = a_span("work");
    for number in 0..100_000i64 {
        sent.0.attributes.0.push(("tenant".into(), Value::Int(number)));
    }
    assert_eq!(sent.normalised().tenant.as_deref(), Some("99999"));
}

/// Any value under any key that means something, and under others.
fn any_attribute() -> impl Strategy<Value = (Text, Value)> {
    let known: Vec<_> = precedence::rows().flat_map(|(_, _, lists)| lists.concat()).map(str::to_owned).collect();
    let key = prop_oneof![9 => prop::sample::select(known), 1 => ".{0,5}"];
    let count = prop_oneof![0i64..2000, any::<i64>()];
    let value = prop_oneof![
        Just(Value::Empty),
        ".{0,20}".prop_map(Value::from),
        "[0-9]{1,6}".prop_map(Value::from),
        r#"\{("(total|total_cost|input|output|input_cached_tokens|prompt_tokens)": ?"?-?[0-9.e]{1,12}"?,?)*\}"#
            .prop_map(Value::from),
        r#"\{"(anthropic|openai)": \{"(usage|cacheReadInputTokens|serviceTier)": ?([0-9{}]{1,6}|"[ \\\\u0]{0,6}")\}\}"#
            .prop_map(Value::from),
        "'(cached|reasoning)_tokens': [0-9]{1,25}".prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        count.prop_map(Value::Int),
        any::<f64>().prop_map(Value::Double),
        prop::collection::vec(any::<u8>(), 0..3).prop_map(Value::Bytes),
        Just(Value::Array(vec![Value::Map(Attributes(vec![("\0".into(), Value::String("\0".into()))]))])),
        (any::<f64>(), 0i64..900).prop_map(|(usd, count)| {
            let members = [("total", Value::Double(usd)), ("input", Value::Int(count))];
            Value::Map(Attributes(members.map(|(key, value)| (key.into(), value)).to_vec()))
        }),
    ];
    (key.prop_map(Text::from), value)
}

/// Comparable although NaN is not itself.
fn exactly(attributes: &Attributes) -> String {
    format!("{attributes:?}")
}

proptest! {
    #[test]
    fn any_span_is_normalised_and_keeps_its_attributes(
        attributes in prop::collection::vec(any_attribute(), 0..12),
        fields in prop::collection::vec(any_attribute(), 0..3),
        resource in prop::collection::vec(any_attribute(), 0..3),
        scope in prop::sample::select(vec!["", "ai", "pydantic-ai", "openlit.instrumentation.anthropic", "opentelemetry.instrumentation.bedrock"]),
        times in any::<[u64; 3]>(),
        numbers in any::<[i32; 2]>(),
    ) {
        let mut sent = a_span("work").in_scope(scope, "0.1").with_event("exception", json!({})).0;
        let origin = Arc::make_mut(&mut sent.origin);
        origin.resource = Arc::new(Attributes(resource));
        (sent.attributes, sent.fields) = (Attributes(attributes), Attributes(fields));
        (sent.start_ns, sent.end_ns, sent.events[0].time_ns) = (times[0], times[1], times[2]);
        (sent.kind, sent.status_code) = (numbers[0], numbers[1]);
        let mut clean = sent.clone();
        sanitise::clean(&mut clean);
        let span = span(sent);
        prop_assert_eq!(exactly(&span.detail.attributes), exactly(&clean.attributes));
        prop_assert_eq!(exactly(&span.detail.resource), exactly(&clean.origin.resource));
        prop_assert!(span.duration_ns >= 0 && span.start.0 >= 0);
        prop_assert!(span.cost.usd.is_none_or(|usd| usd.pico() >= 0));
        prop_assert!(span.cost.accumulated.is_none_or(|usd| usd.pico() >= 0));
        prop_assert_eq!(span.cost.usd, span.cost.reported);
        prop_assert!(span.cost.usd.is_none() || span.cost.note.is_some(), "a cost says where it was reported");
        for name in [&span.tenant, &span.user, &span.session, &span.capability, &span.environment, &span.peer] {
            prop_assert!(name.as_ref().is_none_or(|name| !name.is_empty() && !name.contains('\0') && name.len() <= 256));
        }
        if let Some(call) = span.model_call {
            for name in [&call.provider, &call.model, &call.request_model, &call.service_tier] {
                prop_assert!(name.as_ref().is_none_or(|name| !name.is_empty() && name.len() <= 256));
            }
            let usage = call.usage;
            let cached = usage.cache_read.unwrap_or(0) + usage.cache_write.unwrap_or(0);
            prop_assert!(usage.input.is_none_or(|input| input >= cached));
            prop_assert!(usage.output.is_none_or(|output| output >= usage.reasoning.unwrap_or(0)));
        }
    }
}
