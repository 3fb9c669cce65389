//! Costs of spans as the price book settles them.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use genai_prices::{PriceRequest, UsageKey};
use model::attribute::{Attributes, Value};
use model::{SpanId, TraceId};
use proptest::prelude::*;
use wire::RawSpan;

use super::*;

static BOOK: LazyLock<PriceBook> = LazyLock::new(PriceBook::bundled);

/// After the day the bundled tier prices begin.
const DAY: &str = "2026-11-02T12:00:00Z";

fn priced(day: &str, attributes: &[(&str, Value)]) -> Span {
    let start: DateTime<Utc> = day.parse().unwrap();
    let start_ns = u64::try_from(start.timestamp_nanos_opt().unwrap()).unwrap();
    let attributes = attributes.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
    let raw = RawSpan {
        start_ns,
        end_ns: start_ns + 100_000_000,
        attributes: Attributes(attributes),
        ..RawSpan::new(TraceId::from_bytes([1; 16]).unwrap(), SpanId::from_bytes([1; 8]).unwrap())
    };
    let mut span = wire::normalise::span(raw);
    BOOK.price(&mut span);
    span
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

fn call(provider: &str, model: &str, tokens: [i64; 3]) -> Vec<(&'static str, Value)> {
    vec![
        ("gen_ai.provider.name", text(provider)),
        ("gen_ai.request.model", text(model)),
        ("gen_ai.usage.input_tokens", Value::Int(tokens[0])),
        ("gen_ai.usage.cache_read.input_tokens", Value::Int(tokens[1])),
        ("gen_ai.usage.output_tokens", Value::Int(tokens[2])),
    ]
}

fn usd(span: &Span) -> Option<String> {
    span.cost.usd.map(|usd| usd.to_string())
}

#[test]
fn tokens_times_price_come_line_by_line() {
    let span = priced(DAY, &call("openai", "gpt-4o", [1000, 400, 100]));
    assert_eq!(span.cost.source, CostSource::Derived);
    let derived = span.cost.derived.unwrap();
    let lines: Vec<_> =
        derived.lines.iter().map(|line| (line.label.as_str(), line.tokens, line.usd.to_string())).collect();
    // 2.5, 1.25 and 10 USD per million.
    assert_eq!(
        lines,
        [
            ("Input", 600, "0.0015".to_owned()),
            ("Cached input", 400, "0.0005".to_owned()),
            ("Output", 100, "0.001".to_owned())
        ]
    );
    assert_eq!(derived.usd.to_string(), "0.003");
    assert_eq!(span.cost.note.as_deref(), Some("tokens times the price of openai/gpt-4o"));
}

#[test]
fn a_reported_cost_counts_and_the_derived_one_stands_beside_it() {
    let mut attributes = call("openai", "gpt-4o", [1000, 0, 100]);
    attributes.push(("cost_usd", Value::Double(0.004)));
    let span = priced(DAY, &attributes);
    assert_eq!((usd(&span).as_deref(), span.cost.source), (Some("0.004"), CostSource::Reported));
    assert_eq!(span.cost.derived.as_ref().unwrap().usd.to_string(), "0.0035");
    assert_eq!(
        span.cost.explanation().as_deref(),
        Some("reported as cost_usd; tokens times price give 0.0035 USD, 0.0005 less")
    );
}

#[test]
fn prices_follow_the_date_of_the_call() {
    let o3 = call("openai", "o3", [1_000_000, 0, 0]);
    assert_eq!(usd(&priced("2025-06-09T00:00:00Z", &o3)).as_deref(), Some("10"));
    assert_eq!(usd(&priced("2025-06-10T00:00:00Z", &o3)).as_deref(), Some("2"));
}

#[test]
fn prices_follow_the_time_of_day() {
    let chat = call("deepseek", "deepseek-chat", [1_000_000, 0, 0]);
    for (time, expected) in [("00:29:59", "0.135"), ("00:30:00", "0.27"), ("16:29:59", "0.27"), ("16:30:00", "0.135")] {
        assert_eq!(usd(&priced(&format!("2026-11-02T{time}Z"), &chat)).as_deref(), Some(expected), "{time}");
    }
}

#[test]
fn tiers_and_batches_have_their_own_price() {
    let mut o3 = call("openai", "o3", [1_000_000, 0, 0]);
    for (tier, expected) in [("flex", "1"), ("priority", "3.5"), ("default", "2"), ("batch", "1"), ("unheard-of", "2")]
    {
        o3.push(("openai.response.service_tier", text(tier)));
        assert_eq!(usd(&priced(DAY, &o3)).as_deref(), Some(expected), "{tier}");
        o3.pop();
    }
}

#[test]
fn long_context_is_priced_at_its_own_tier_in_whatever_order_it_is_asked() {
    let tokens = [300_000, 100_000, 200_000, 200_001, 1, 0, 100_000, 300_000, 20_000_000];
    let costs = ["0.75", "0.125", "0.25", "0.5000025", "0.00000125", "0", "0.125", "0.75", "50"];
    for (tokens, expected) in tokens.into_iter().zip(costs) {
        let span = priced(DAY, &call("google", "gemini-2.5-pro", [tokens, 0, 0]));
        assert_eq!(usd(&span).as_deref(), Some(expected), "{tokens}");
    }
}

#[test]
fn models_are_found_under_the_names_that_gateways_and_clouds_give_them() {
    for (provider, model, priced_as) in [
        ("azure.ai.openai", "gpt-4o", "azure/gpt-4o"),
        ("litellm", "openai/gpt-4o", "openai/gpt-4o"),
        ("our-gateway", "openai/gpt-4o", "openai/gpt-4o"),
        ("our-gateway", "gpt-4o", "openai/gpt-4o"),
        ("gcp.vertex_ai", "publishers/google/models/gemini-2.5-pro", "google/gemini-2.5-pro"),
    ] {
        let span = priced(DAY, &call(provider, model, [10, 0, 10]));
        assert_eq!(span.cost.note, Some(format!("tokens times the price of {priced_as}")), "{provider} {model}");
    }
}

#[test]
fn a_model_without_a_price_has_no_cost_and_says_so() {
    let span = priced(DAY, &call("acme", "acme-large-1", [10, 0, 10]));
    assert_eq!((usd(&span), span.cost.source), (None, CostSource::None));
    assert_eq!(span.cost.note.as_deref(), Some("no price is known for the model acme-large-1"));
}

#[test]
fn an_operation_type_is_priced_by_the_base_table_and_anything_else_is_unknown() {
    let span = priced(DAY, &[("operation_type", text("storage_read"))]);
    assert_eq!((usd(&span).as_deref(), span.cost.source), (Some("0.0000011"), CostSource::Calculated));
    let span = priced(DAY, &[("tool.name", text("code_generator"))]);
    assert_eq!(usd(&span).as_deref(), Some("0.0011"));
    let span = priced(DAY, &[("http.request.method", text("GET"))]);
    assert_eq!((usd(&span), span.cost.source, span.cost.note), (None, CostSource::None, None));
}

#[test]
fn a_report_that_is_not_money_leaves_the_reason() {
    let span = priced(DAY, &[("cost_usd", text("$0.10"))]);
    assert_eq!(usd(&span), None);
    assert!(span.cost.note.unwrap().starts_with("cost_usd = \"$0.10\" was not used"));
}

#[test]
fn the_revision_is_that_of_the_crate() {
    let lock = include_str!("../../../../Cargo.lock");
    let (name, version) = BUNDLED.split_once(' ').unwrap();
    assert!(lock.contains(&format!("name = \"{name}\"\nversion = \"{version}\"")));
}

proptest! {
    #[test]
    fn lines_add_up_to_the_total_and_to_what_the_book_says(
        model in prop::sample::select(vec![
            ("openai", "gpt-4o"), ("openai", "gpt-5"), ("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-pro"),
            ("google", "gemini-2.5-flash"), ("mistral", "mistral-large-latest"), ("deepseek", "deepseek-chat"),
        ]),
        input in 0u32..600_000,
        cached in 0u32..600_000,
        output in 0u32..200_000,
    ) {
        let (provider, model) = model;
        let cached = cached.min(input);
        let span = priced(DAY, &call(provider, model, [i64::from(input), i64::from(cached), i64::from(output)]));
        let derived = span.cost.derived.unwrap();
        let sum: model::UsdSum = derived.lines.iter().map(|line| line.usd).sum();
        prop_assert_eq!(sum, derived.usd.into());
        let usage = genai_prices::Usage::from([
            (UsageKey::INPUT_TOKENS, f64::from(input)),
            (UsageKey::CACHE_READ_TOKENS, f64::from(cached)),
            (UsageKey::OUTPUT_TOKENS, f64::from(output)),
        ]);
        let at: DateTime<Utc> = DAY.parse().unwrap();
        let request = PriceRequest::new(model, &usage).with_provider_id(provider).with_timestamp(at);
        let expected = genai_prices::calculate(&request).unwrap().total_price;
        let got: f64 = derived.usd.to_string().parse().unwrap();
        prop_assert!((got - expected).abs() < 1e-9, "{} is not {}", got, expected);
    }
}
