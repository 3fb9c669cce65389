//! The AI call of a span: which model, how many tokens of which kind, and what they cost.

use leptos::prelude::*;
use model::Span;
use model::attribute::{Attributes, Value};
use model::cost::{DerivedCost, Dimension, Measure, Owner, PriceLine, Usage};
use model::span::ModelCall;
use model::usd::Usd;

use super::Section;
use super::at::{At, Of};
use super::attributes::Listed;
use super::value::KeyValues;
use crate::components::figures::{Money, known};
use crate::components::icon::Glyph;
use crate::components::owner::OwnerLink;
use crate::format::{duration, money, number};

/// Decimals of the price lines, so that they visibly add up.
const LINE_DECIMALS: u32 = 6;

/// Calls are kept at the price of a million of them.
const MILLION: i64 = 1_000_000;

/// The section; of a span that called no model what it says about one, if anything.
#[component]
pub fn ModelCallSection(
    /// The span.
    span: Span,
    /// Its attributes about the call.
    attributes: Attributes,
    /// Addresses around the span.
    at: At,
) -> impl IntoView {
    let Some(call) = span.model_call.clone() else {
        return view! { <Listed title="AI" glyph=Some(Glyph::Model) attributes at/> }.into_any();
    };
    let pace = pace(&span, &call);
    let usage_note = call.usage.note.clone();
    let calculation = match span.cost.derived {
        Some(derived) => view! { <Calculation derived/> }.into_any(),
        None => view! { <Tokens usage=call.usage.clone()/> }.into_any(),
    };
    view! {
        <Section title="AI call".to_owned() glyph=Some(Glyph::Model)>
            <div class="ai">
                <Model call pace/>
                {calculation}
                {usage_note.map(|note| view! { <p class="src">{note}</p> })}
            </div>
            <KeyValues attributes of=Of::Span at/>
        </Section>
    }
    .into_any()
}

/// How soon the first token came and how fast the others, as far as that is told.
fn pace(span: &Span, call: &ModelCall) -> Option<String> {
    let number = |key: &str| match span.detail.attributes.get(key)? {
        Value::Int(number) => Some(*number as f64),
        Value::Double(number) => Some(*number),
        Value::String(text) => text.parse::<f64>().ok(),
        _ => None,
    };
    let seconds =
        || number("gen_ai.response.time_to_first_chunk").or_else(|| number("gen_ai.server.time_to_first_token"));
    let first_ms = || number("ai.response.msToFirstChunk").or_else(|| number("ai.ttft"));
    let first = seconds().map(|seconds| seconds * 1e3).or_else(first_ms).filter(|ms| ms.is_finite() && *ms >= 0.0);
    let rate =
        call.usage.output.filter(|_| span.duration_ns > 0).map(|tokens| tokens as f64 * 1e9 / span.duration_ns as f64);
    let told = [
        first.map(|ms| format!("first token {}", duration::millis(ms))),
        rate.filter(|rate| *rate >= 1.0).map(|rate| format!("{} tokens/s", number::count(rate as i64))),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(" · "))
}

#[component]
fn Model(call: ModelCall, #[prop(optional_no_strip)] pace: Option<String>) -> impl IntoView {
    let model = match call.model.clone() {
        Some(name) => view! { <OwnerLink owner=Owner { dimension: Dimension::Model, key: Some(name) }/> }.into_any(),
        None => "model not told".into_any(),
    };
    let requested = call.request_model.filter(|requested| Some(requested) != call.model.as_ref());
    let facts = [
        call.provider,
        requested.map(|model| format!("requested {model}")),
        call.service_tier.map(|tier| format!("tier {tier}")),
        pace,
    ];
    let facts: Vec<String> = facts.into_iter().flatten().collect();
    view! {
        <div class="ai-m">
            <b>{model}</b>
            <span class="muted">{facts.join(" · ")}</span>
        </div>
    }
}

/// Tokens times price, line by line.
#[component]
fn Calculation(derived: DerivedCost) -> impl IntoView {
    let of_tokens: Vec<&PriceLine> = derived.lines.iter().filter(|line| line.measure() == Measure::Tokens).collect();
    let tokens: u64 = of_tokens.iter().map(|line| line.tokens).sum();
    let label =
        of_tokens.iter().map(|line| format!("{} {}", count(line.tokens), line.label)).collect::<Vec<_>>().join(", ");
    let segments = of_tokens.iter().map(|line| {
        let width = format!("width:{:.2}%", number::share(i128::from(line.tokens), i128::from(tokens)) * 100.0);
        view! { <i class=class_of(line) style=width></i> }
    });
    let segments = segments.collect_view();
    let bar = (tokens > 0).then(|| {
        view! { <div class="tok-bar" role="img" aria-label=format!("Tokens: {label}")>{segments}</div> }
    });
    let lines = derived.lines.iter().map(|line| {
        let (quantity, price) = quantity_and_price(line);
        view! {
            <tr>
                <td><i class=format!("sw {}", class_of(line))></i>{line.label.clone()}</td>
                <td class="num">{quantity}</td>
                <td class="num muted">{price}</td>
                <td class="num"><Money amount=known(Some(line.usd)) decimals=LINE_DECIMALS/></td>
            </tr>
        }
    });
    view! {
        <div class="tok">
            {bar}
            <table class="calc">
                <caption class="vh">"How the cost was derived"</caption>
                <tbody>{lines.collect_view()}</tbody>
                <tfoot>
                    <tr>
                        <td>"Derived"</td>
                        <td class="num">{(tokens > 0).then(|| count(tokens))}</td>
                        <td></td>
                        <td class="num"><Money amount=known(Some(derived.usd)) decimals=LINE_DECIMALS/></td>
                    </tr>
                </tfoot>
            </table>
        </div>
    }
}

/// How much of what, and its price, in the units people have for it.
fn quantity_and_price(line: &PriceLine) -> (String, String) {
    let price = money::amount(line.usd_per_million);
    match line.measure() {
        Measure::Tokens => (count(line.tokens), format!("× {price}/M")),
        Measure::Calls => {
            let each = Usd::from_pico(line.usd_per_million.pico() / MILLION);
            (count(line.tokens), format!("× {}", money::amount(each)))
        }
        Measure::Microseconds => {
            let nanos = i64::try_from(line.tokens.saturating_mul(1_000)).unwrap_or(i64::MAX);
            (duration::nanos(nanos), format!("× {price}/s"))
        }
        // All of its digits: a MB is a million here, and thousands show that.
        Measure::Bytes => (format!("{} B", count(line.tokens)), format!("× {price}/MB")),
    }
}

/// Tokens of a call that no price was found for.
#[component]
fn Tokens(usage: Usage) -> impl IntoView {
    let lines = [
        ("Input", usage.input),
        ("of it cached", usage.cache_read),
        ("of it written to the cache", usage.cache_write),
        ("Output", usage.output),
        ("of it reasoning", usage.reasoning),
    ];
    let lines = lines.into_iter().filter_map(|(label, tokens)| Some((label, tokens?)));
    let rows = lines.map(|(label, tokens)| view! { <tr><td>{label}</td><td class="num">{count(tokens)}</td></tr> });
    view! {
        <table class="calc">
            <caption class="vh">"Tokens"</caption>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}

/// The colour of a kind of token: input blue, cached input pale, output copper.
fn class_of(line: &PriceLine) -> &'static str {
    let label = line.label.to_ascii_lowercase();
    match () {
        () if label.contains("cache") => "ca",
        () if label.contains("output") || label.contains("reasoning") => "out",
        () => "in",
    }
}

fn count(tokens: u64) -> String {
    number::count(i64::try_from(tokens).unwrap_or(i64::MAX))
}
