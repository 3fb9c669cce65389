//! What calls and operations cost at prices of one's own.

use std::path::Path;

use chrono::{DateTime, Utc};
use model::attribute::{Attributes, Value};
use model::cost::CostSource;
use model::{SpanId, TraceId};
use wire::RawSpan;

use super::*;
use crate::pipeline::price::PriceBook;

fn book(prices: &str) -> PriceBook {
    let book = PriceBook::bundled();
    let text = format!("prices:\n{prices}");
    book.put_in_front(crate::rules::prices::parse(Path::new("prices.yaml"), &text).unwrap());
    book
}

fn text(text: &str) -> Value {
    Value::String(text.into())
}

/// A quarter of a second of work at noon of `day`, priced.
fn priced(book: &PriceBook, day: &str, attributes: &[(&str, Value)]) -> Span {
    let start: DateTime<Utc> = format!("{day}T12:00:00Z").parse().unwrap();
    let start_ns = u64::try_from(start.timestamp_nanos_opt().unwrap()).unwrap();
    let attributes = attributes.iter().map(|(key, value)| ((*key).into(), value.clone())).collect();
    let mut span = wire::normalise::span(RawSpan {
        start_ns,
        end_ns: start_ns + 250_000_000,
        attributes: Attributes(attributes),
        ..RawSpan::new(TraceId::from_bytes([1; 16]).unwrap(), SpanId::from_bytes([1; 8]).unwrap())
    });
    book.price(&mut span);
    span
}

/// A call of a thousand tokens, four hundred of them from the cache, answered with a hundred, twenty of them thoughts.
fn call(provider: &str, model: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("gen_ai.operation.name", text("chat")),
        ("gen_ai.provider.name", text(provider)),
        ("gen_ai.request.model", text(model)),
        ("gen_ai.usage.input_tokens", Value::Int(1_000)),
        ("gen_ai.usage.cache_read.input_tokens", Value::Int(400)),
        ("gen_ai.usage.output_tokens", Value::Int(100)),
        ("gen_ai.usage.reasoning.output_tokens", Value::Int(20)),
    ]
}

fn usd(span: &Span) -> Option<String> {
    span.cost.usd.map(|usd| usd.to_string())
}

const DAY: &str = "2026-11-02";

#[test]
fn ones_own_price_comes_before_the_bundled_one_and_is_told() {
    let book = book("  - {model: gpt-4o, input_per_million: 1, output_per_million: 2}");
    let span = priced(&book, DAY, &call("openai", "gpt-4o"));
    assert_eq!((usd(&span).as_deref(), span.cost.source), (Some("0.0012"), CostSource::Derived));
    let revision = span.cost.derived.unwrap().price_revision;
    assert!(revision.starts_with("prices.yaml "), "{revision}");
    assert_eq!(span.cost.note, Some("priced by entry 1 of prices.yaml".to_owned()));
    let other = priced(&book, DAY, &call("openai", "gpt-4o-mini"));
    assert!(other.cost.derived.unwrap().price_revision.starts_with("genai-prices "));
}

#[test]
fn every_kind_of_token_has_its_price_and_some_have_a_default() {
    let all = "  - {model: acme, input_per_million: 10, cached_input_per_million: 1, output_per_million: 20,
                   reasoning_per_million: 50, per_request: 0.5}";
    // 600 * 10 + 400 * 1 + 80 * 20 + 20 * 50 millionths, and half a dollar.
    assert_eq!(usd(&priced(&book(all), DAY, &call("acme", "acme"))).as_deref(), Some("0.509"));
    let some = "  - {model: acme, input_per_million: 10, output_per_million: 20}";
    assert_eq!(usd(&priced(&book(some), DAY, &call("acme", "acme"))).as_deref(), Some("0.012"));
}

#[test]
fn a_kind_of_token_without_a_price_leaves_the_cost_unknown() {
    let book = book("  - {model: gpt-4o, input_per_million: 10}");
    let span = priced(&book, DAY, &call("openai", "gpt-4o"));
    assert_eq!((usd(&span), span.cost.source), (None, CostSource::None));
    let note = span.cost.note.unwrap();
    assert!(note == "gpt-4o: entry 1 of prices.yaml has no price of output", "{note}");
    let embedding = [("gen_ai.request.model", text("gpt-4o")), ("gen_ai.usage.input_tokens", Value::Int(100))];
    assert_eq!(usd(&priced(&book, DAY, &embedding)).as_deref(), Some("0.001"));
}

#[test]
fn prices_hold_on_their_days_and_for_their_tier() {
    let book = book(
        "  - {model: acme, tier: batch, per_call: 0.1}
  - {model: acme, valid_to: 2026-06-30, per_call: 1}
  - {model: acme, valid_from: 2026-07-01, valid_to: 2026-07-31, per_call: 2}",
    );
    for (day, expected) in [
        ("2020-01-01", Some("1")),
        ("2026-06-30", Some("1")),
        ("2026-07-01", Some("2")),
        ("2026-07-31", Some("2")),
        ("2026-08-01", None),
    ] {
        assert_eq!(usd(&priced(&book, day, &call("acme", "acme"))).as_deref(), expected, "{day}");
    }
    let mut batch = call("acme", "acme");
    batch.push(("openai.response.service_tier", text("batch")));
    assert_eq!(usd(&priced(&book, "2026-08-01", &batch)).as_deref(), Some("0.1"));
}

#[test]
fn models_and_providers_go_by_all_their_names() {
    let book = book(
        "  - {provider: azure, model: gpt-4o, per_call: 1}
  - {provider: aws.bedrock, model: '.*claude.*', per_call: 2}
  - {provider: google, model: gemini-.+, per_call: 3}
  - {provider: our-gateway, per_call: 4}",
    );
    for (provider, model, expected) in [
        ("azure.ai.openai", "gpt-4o", "1"),
        ("AZURE", "GPT-4o", "1"),
        ("bedrock", "eu.anthropic.claude-sonnet-4-5-v1:0", "2"),
        ("gcp.vertex_ai", "publishers/google/models/gemini-9", "3"),
        ("litellm", "vertex_ai/gemini-9", "3"),
        ("our-gateway", "openai/gpt-4o", "4"),
    ] {
        assert_eq!(usd(&priced(&book, DAY, &call(provider, model))).as_deref(), Some(expected), "{provider} {model}");
    }
    let elsewhere = priced(&book, DAY, &call("openai", "gpt-4o"));
    assert!(elsewhere.cost.derived.unwrap().price_revision.starts_with("genai-prices "));
}

#[test]
fn a_flat_price_needs_no_tokens_and_counts_call_time_and_data() {
    let book = book("  - {model: acme-image, per_call: 0.04, per_second: 0.001, per_mb: 0.002}");
    let image = [
        ("gen_ai.operation.name", text("chat")),
        ("gen_ai.request.model", text("acme-image")),
        ("data_size_bytes", Value::Int(1_500_000)),
    ];
    let span = priced(&book, DAY, &image);
    assert_eq!((usd(&span).as_deref(), span.cost.source), (Some("0.04325"), CostSource::Derived));
    let without_size = priced(&book, DAY, &image[..2]);
    assert_eq!(usd(&without_size), None, "unknown is never zero");
    assert!(without_size.cost.note.unwrap().ends_with("the span does not tell its data_size_bytes"));
}

#[test]
fn an_operation_of_ones_own_comes_before_the_base_table() {
    let book = book("  - {operation: 'web_.*', per_call: 0.005}\n  - {operation: storage_read, per_second: 0.004}");
    let search = priced(&book, DAY, &[("tool.name", text("web_search"))]);
    assert_eq!((usd(&search).as_deref(), search.cost.source), (Some("0.005"), CostSource::Calculated));
    assert!(search.cost.note.unwrap().starts_with("priced by entry 1 of prices.yaml, price book prices.yaml "));
    let read = priced(&book, DAY, &[("operation_type", text("storage_read"))]);
    assert_eq!(usd(&read).as_deref(), Some("0.001"));
    let write = priced(&book, DAY, &[("operation_type", text("storage_write"))]);
    assert!(write.cost.note.unwrap().starts_with("base price of storage_write"));
}

#[test]
fn a_reported_cost_counts_before_ones_own_price_which_stands_beside_it() {
    let book = book("  - {model: acme, per_call: 0.5}");
    let mut attributes = call("acme", "acme");
    attributes.push(("cost_usd", text("0.4")));
    let span = priced(&book, DAY, &attributes);
    assert_eq!((usd(&span).as_deref(), span.cost.source), (Some("0.4"), CostSource::Reported));
    assert_eq!(span.cost.derived.unwrap().usd.to_string(), "0.5");
}
