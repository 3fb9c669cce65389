//! How the cost of a span came about, and whether what was said about it agrees.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::Span;
use model::cost::{CostSource, Verdict};
use model::ruling::Override;
use model::usd::{Usd, UsdSum};

use super::Section;
use crate::components::figures::{Money, known};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::money;
use crate::pages::settings::verdicts;

/// Where the prices are looked up.
const PRICES_PATH: &str = "/settings";

/// Differences up to a tenth of a cent are how clients round, not disagreement.
const AGREES_WITHIN: Usd = Usd::from_pico(1_000_000_000);

/// The section; a span without any cost says why.
#[component]
pub fn CostSection(
    /// The span.
    span: Span,
    /// What it cost with everything below; `None` when unknown.
    #[prop(optional_no_strip)]
    subtree: Option<UsdSum>,
    /// The override behind the verdict.
    #[prop(optional_no_strip)]
    ruled: Option<Override>,
    /// The span that counts in place of this one: its address and its operation.
    #[prop(optional_no_strip)]
    counted: Option<(String, String)>,
) -> impl IntoView {
    let cost = span.cost.clone();
    let derived = cost.derived.as_ref().map(|derived| derived.usd);
    let lines = [
        ("Counted", cost.usd),
        ("Said by the span, not counted", cost.claimed),
        ("Reported by the span", cost.reported.filter(|_| cost.source != CostSource::Reported || derived.is_some())),
        ("Derived from tokens", derived.filter(|_| cost.source != CostSource::Derived || cost.reported.is_some())),
    ];
    let lines = lines.into_iter().filter(|(label, amount)| *label == "Counted" || amount.is_some());
    let rows = lines.map(|(label, amount)| {
        view! {
            <tr>
                <td>{label}</td>
                <td class="num"><Money amount=known(amount)/></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let revision = cost.derived.as_ref().map(|derived| derived.price_revision.clone());
    let revision = revision.map(|revision| {
        view! {
            <a class="link" href=PRICES_PATH>"Price book"</a>
            {format!(" {revision}.")}
        }
    });
    view! {
        <Section title="Cost".to_owned()>
            <table class="calc">
                <caption class="vh">"Cost of this span"</caption>
                <tbody>{rows}</tbody>
            </table>
            <p class="src">
                <span class="badge">{source_word(cost.source)}</span>
                {(cost.verdict != Verdict::Own).then(|| view! { <span class="badge">{cost.verdict.as_str()}</span> })}
                {cost.explanation().map(|words| format!("{words}."))}
                " "
                {revision}
            </p>
            {ruled.map(|ruled| view! { <Ruled ruled/> })}
            {counted.map(|(href, operation)| view! { <Counted href operation/> })}
            <ul class="checks">
                <Agreement reported=cost.reported derived/>
                <Accumulated accumulated=cost.accumulated subtree/>
            </ul>
        </Section>
    }
}

/// The span that counts in place of one that tells the same answer.
#[component]
fn Counted(href: String, operation: String) -> impl IntoView {
    view! {
        <p class="src">"Counted at " <a class="link" href=href>{operation}</a> ", which tells the same answer."</p>
    }
}

/// Who has said what counts.
#[component]
fn Ruled(ruled: Override) -> impl IntoView {
    let at = |at: DateTime<Utc>| at.format("%-d %b %Y %H:%M").to_string();
    let words = format!("Set by an override for {} ({}, {})", ruled.about, ruled.by, at(ruled.at));
    let gone = ruled.deleted.map(|(by, when)| format!(", which {by} took away {}", at(when))).unwrap_or_default();
    let note = Some(ruled.note).filter(|note| !note.is_empty()).map(|note| format!(": {note}")).unwrap_or_default();
    view! {
        <p class="src">
            <a class="link" href=verdicts::PATH>{words}</a>
            {format!("{gone}{note}.")}
        </p>
    }
}

const fn source_word(source: CostSource) -> &'static str {
    match source {
        CostSource::None => "unpriced",
        CostSource::Reported => "reported",
        CostSource::Derived => "derived",
        CostSource::Calculated => "calculated",
    }
}

/// Whether the reported and the derived cost say the same.
#[component]
fn Agreement(reported: Option<Usd>, derived: Option<Usd>) -> impl IntoView {
    let (Some(reported), Some(derived)) = (reported, derived) else { return ().into_any() };
    let difference = UsdSum::from(reported) - UsdSum::from(derived);
    let agrees = difference.pico().abs() <= i128::from(AGREES_WITHIN.pico());
    let text = match difference.pico() {
        0 => "Reported and derived agree to the last digit".to_owned(),
        _ if agrees => format!("Reported and derived agree within {}", money::amount(AGREES_WITHIN)),
        _ => format!("Reported and derived differ by {}", money::amount(UsdSum::from_pico(difference.pico().abs()))),
    };
    view! { <Check holds=agrees text/> }.into_any()
}

/// Whether a running total that was carried along is what the subtree adds up to.
#[component]
fn Accumulated(accumulated: Option<Usd>, subtree: Option<UsdSum>) -> impl IntoView {
    let (Some(accumulated), Some(subtree)) = (accumulated, subtree) else { return ().into_any() };
    let holds = UsdSum::from(accumulated) == subtree;
    let amount = money::amount(accumulated);
    let text = if holds {
        format!("accumulated_cost_usd {amount} equals its subtree; it is checked, never summed")
    } else {
        format!(
            "accumulated_cost_usd says {amount}, its subtree adds up to {}; it is never summed",
            money::amount(subtree)
        )
    };
    view! { <Check holds text/> }.into_any()
}

#[component]
fn Check(holds: bool, text: String) -> impl IntoView {
    let glyph = if holds { Glyph::Check } else { Glyph::Warn };
    view! {
        <li class:warn-t=!holds>
            <Icon glyph size=Size::Small/>
            <span>{text}</span>
        </li>
    }
}
