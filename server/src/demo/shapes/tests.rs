//! What the shapes promise: the size, the cost and the order of spans in time.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use model::Usd;
use model::attribute::Value;

use super::*;

fn traces(traffic: Traffic, count: u64) -> Vec<Vec<RawSpan>> {
    let cast = Cast::new();
    (0..count).map(|key| draw(&cast, &Arrival { at: end(), key, traffic })).collect()
}

fn end() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().expect("a valid time")
}

/// Reported costs plus tokens at the prices of the models that are not reported: what the dear part comes to.
fn dollars(trace: &[RawSpan]) -> f64 {
    let prices: HashMap<&str, [f64; 3]> = HashMap::from([
        ("gpt-4o", [2.5, 1.25, 10.0]),
        ("gpt-4o-mini", [0.15, 0.075, 0.6]),
        ("text-embedding-3-small", [0.02, 0.02, 0.0]),
        ("claude-sonnet-4-5", [3.0, 0.3, 15.0]),
        ("claude-3-haiku", [0.25, 0.03, 1.25]),
        ("gemini-2.5-flash", [0.3, 0.03, 2.5]),
    ]);
    let cost = |span: &RawSpan| {
        let count = |key| match span.attributes.get(key) {
            Some(Value::Int(count)) => *count as f64,
            _ => 0.0,
        };
        if let Some(Value::Double(usd)) = span.attributes.get("cost_usd") {
            return *usd;
        }
        let Some(price) = span.attributes.text("gen_ai.request.model").and_then(|model| prices.get(model)) else {
            return 0.0;
        };
        let cached = count("gen_ai.usage.cache_read.input_tokens");
        let fresh = count("gen_ai.usage.input_tokens") - cached;
        (fresh * price[0] + cached * price[1] + count("gen_ai.usage.output_tokens") * price[2]) / 1e6
    };
    trace.iter().map(cost).sum()
}

#[test]
fn the_same_arrival_is_the_same_trace() {
    assert_eq!(traces(Traffic::Work, 20), traces(Traffic::Work, 20));
}

#[test]
fn ordinary_work_stays_under_ten_cents() {
    for trace in traces(Traffic::Work, 600).iter().chain(&traces(Traffic::Light, 200)) {
        let cost = dollars(trace);
        assert!(cost < 0.098, "{} costs {cost}", trace[0].name);
    }
}

#[test]
fn storms_and_runaways_cost_many_times_that() {
    for trace in traces(Traffic::Storm, 100) {
        assert!((0.2..0.93).contains(&dollars(&trace)), "{}", dollars(&trace));
    }
    for traffic in [Traffic::Runaway(Job::Reindex), Traffic::Runaway(Job::Evaluation)] {
        assert!(dollars(&traces(traffic, 1)[0]) > 0.3, "{traffic:?}");
    }
}

#[test]
fn spans_begin_after_their_parents_and_end_by_now() {
    let end_ns = u64::try_from(end().timestamp_nanos_opt().expect("in range")).expect("after 1970");
    for trace in traces(Traffic::Work, 300).iter().chain(&traces(Traffic::Storm, 5)).chain(&traces(Traffic::Light, 100))
    {
        let starts: HashMap<_, _> = trace.iter().map(|span| (span.span_id, span.start_ns)).collect();
        for span in trace {
            assert!(span.start_ns <= span.end_ns, "{} ends before it begins", span.name);
            assert!(span.end_ns <= end_ns, "{} is not over yet", span.name);
            let parent = span.parent_span_id.and_then(|parent| starts.get(&parent));
            assert!(parent.is_none_or(|start| *start <= span.start_ns), "{} begins before its parent", span.name);
        }
    }
}

#[test]
fn nearly_every_span_says_how_it_is_priced() {
    let traces = traces(Traffic::Work, 400);
    let spans: Vec<_> = traces.iter().flatten().collect();
    let priced = |span: &&&RawSpan| {
        ["cost_usd", "operation_type", "gen_ai.usage.input_tokens"].iter().any(|key| span.attributes.get(key).is_some())
    };
    let unpriced = spans.len() - spans.iter().filter(priced).count();
    let share = unpriced as f64 / spans.len() as f64;
    assert!((0.004..0.02).contains(&share), "{share} of {}", spans.len());
}

#[test]
fn an_agent_run_has_about_twenty_five_spans_over_many_services() {
    let runs = traces(Traffic::Work, 200);
    let run =
        runs.iter().find(|trace| trace[0].name.ends_with("/execute") && trace.len() >= 23).expect("agents are common");
    let services: std::collections::HashSet<_> =
        run.iter().filter_map(|span| span.origin.resource.text("service.name")).collect();
    assert!(services.len() >= 8, "{services:?}");
    assert!(run.len() <= 36);
}

#[test]
fn work_has_the_spans_a_fortnight_is_made_of() {
    let traces = traces(Traffic::Work, 1_000);
    let mean = traces.iter().map(Vec::len).sum::<usize>() / traces.len();
    assert!((12..25).contains(&mean), "{mean} spans per trace");
    let cost: f64 = traces.iter().map(|trace| dollars(trace)).sum();
    assert!(cost > 10.0, "{cost} dollars for a thousand traces");
}

#[test]
fn what_a_model_call_reports_is_what_its_provider_bills() {
    let reported = traces(Traffic::Storm, 3).into_iter().flatten().find_map(|span| {
        span.attributes.get("gen_ai.request.model")?;
        match span.attributes.get("cost_usd")? {
            Value::Double(usd) => Usd::from_f64_text(*usd).ok().zip(Some(span)),
            _ => None,
        }
    });
    let (reported, mut span) = reported.expect("a quarter of the calls report");
    span.attributes.0.retain(|(key, _)| key != "cost_usd");
    let derived = dollars(&[span]);
    assert!((reported.to_string().parse::<f64>().expect("a number") - derived).abs() < 1e-9);
}
