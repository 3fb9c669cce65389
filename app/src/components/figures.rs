//! Figures with their typography: money, durations, names with their colour, shares, changes.

use leptos::prelude::*;
use model::{Usd, UsdSum};

use super::markup::Markup;
use crate::colour::{self, Kind};
use crate::format::{duration, money, number};

/// Dollars: leading zeros and cents quiet, the exact figure in the tooltip, a dash when unknown.
#[component]
pub fn Money(
    /// How much; `None` is unknown and never shown as zero.
    #[prop(into)]
    amount: Option<UsdSum>,
    /// Decimals of the column it stands in; its own natural ones when not given.
    #[prop(optional, into)]
    decimals: Option<u32>,
) -> impl IntoView {
    let (class, title, written) = written(amount, decimals);
    view! { <span class=class title=title inner_html=written.into_html()></span> }.into_any()
}

/// The class of an amount, its tooltip, and its digits.
pub fn written(amount: Option<UsdSum>, decimals: Option<u32>) -> (&'static str, String, Markup) {
    let Some(amount) = amount else {
        return ("usd none", "no cost is known".to_owned(), Markup::of(money::UNKNOWN));
    };
    let text = match decimals {
        Some(decimals) => money::fixed(amount, decimals),
        None => money::amount(amount),
    };
    let (mut html, pieces) = (Markup::default(), money::pieces(&text));
    if !pieces.lead.is_empty() {
        html.tag("<i>").text(pieces.lead).tag("</i>");
    }
    html.text(pieces.body);
    if !pieces.cents.is_empty() {
        html.tag("<i class=\"c\">").text(pieces.cents).tag("</i>");
    }
    ("usd", format!("${amount}"), html)
}

/// The sum type of an amount that may be unknown, for [`Money`].
pub fn known(amount: Option<Usd>) -> Option<UsdSum> {
    amount.map(UsdSum::from)
}

/// A length of time.
#[component]
pub fn Duration(
    /// How long, in nanoseconds.
    nanos: i64,
) -> impl IntoView {
    view! { <span class="dur tnum" title=format!("{} ns", number::count(nanos))>{duration::nanos(nanos)}</span> }
        .into_any()
}

/// The colour of a name as a small square; the name itself must stand beside it.
#[component]
pub fn Swatch(
    /// Slot of the colour, from [`colour::slot`] or a [`colour::Palette`].
    colour: u8,
) -> impl IntoView {
    view! { <i class="sw" data-slot=colour.to_string()></i> }.into_any()
}

/// A service's name with its colour.
#[component]
pub fn Service(
    /// The name.
    #[prop(into)]
    name: String,
) -> impl IntoView {
    view! {
        <span class="op-cell">
            <Swatch colour=colour::slot(Kind::Service, &name)/>
            <span class="trunc">{name}</span>
        </span>
    }
    .into_any()
}

/// A tenant's name with its colour; `None` is unattributed.
#[component]
pub fn Tenant(
    /// The name.
    #[prop(into)]
    name: Option<String>,
    /// Slot of its colour in this view; its own when not given.
    #[prop(optional_no_strip)]
    colour: Option<u8>,
) -> impl IntoView {
    match name {
        Some(name) => view! {
            <span class="op-cell">
                <Swatch colour=colour.unwrap_or_else(|| colour::slot(Kind::Tenant, &name))/>
                <span class="trunc">{name}</span>
            </span>
        }
        .into_any(),
        None => view! { <span class="muted">"unattributed"</span> }.into_any(),
    }
}

/// A share of the largest in a column, as a bar. The figure it stands for must be beside it.
#[component]
pub fn ShareBar(
    /// 0.0–1.0.
    share: f64,
    /// Slot of its colour; money's colour when not given.
    #[prop(optional, into)]
    colour: Option<u8>,
) -> impl IntoView {
    let width = format!("width:{:.2}%", (share * 100.0).clamp(0.0, 100.0));
    view! {
        <span class="share" data-slot=colour.map(|slot| slot.to_string())>
            <i style=width></i>
        </span>
    }
    .into_any()
}

/// Cost by service as a bar of parts, dearest first.
#[component]
pub fn Split(
    /// Service and its own cost, dearest first.
    parts: Vec<(String, Usd)>,
) -> impl IntoView {
    let total: UsdSum = parts.iter().map(|(_, cost)| *cost).sum();
    let share = move |cost: Usd| number::share(i128::from(cost.pico()), total.pico());
    let label = parts
        .iter()
        .map(|(service, cost)| format!("{service} {}", number::percent(share(*cost))))
        .collect::<Vec<_>>()
        .join(", ");
    if total == UsdSum::ZERO {
        return ().into_any();
    }
    view! {
        <div class="split sm" role="img" aria-label=format!("Cost by service: {label}")>
            {parts
                .into_iter()
                .map(|(service, cost)| {
                    let width = format!("width:{:.2}%", share(cost) * 100.0);
                    let slot = colour::slot(Kind::Service, &service).to_string();
                    view! { <i style=width data-slot=slot title=format!("{service} {}", money::amount(cost))></i> }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

/// Beyond this a change is worth a colour; up to it, it is noise.
const CHANGE_WORTH_NOTICE: f64 = 0.3;

/// A change against an earlier figure: red only when spend rose by more than 30 %, green when it fell.
#[component]
pub fn Change(
    /// The earlier figure.
    before: UsdSum,
    /// The figure now.
    after: UsdSum,
) -> impl IntoView {
    match number::change(before.pico(), after.pico()) {
        Some((ratio, text)) => {
            let class = match ratio {
                r if r > CHANGE_WORTH_NOTICE => "delta hot",
                r if r < 0.0 => "delta down",
                _ => "delta",
            };
            view! { <span class=class>{text}</span> }.into_any()
        }
        None => view! { <span class="delta flat" title="nothing to compare with">{money::UNKNOWN}</span> }.into_any(),
    }
}
