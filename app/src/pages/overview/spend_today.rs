//! Spend since midnight: the figure, how it compares, and the hours.

use leptos::prelude::*;
use model::UsdSum;

use super::api::Today;
use crate::components::figures::Money;
use crate::format::{money, number, time};

const HOURS: usize = 24;

/// The panel.
#[component]
pub fn SpendToday(
    /// What was spent.
    today: Today,
) -> impl IntoView {
    let spent: UsdSum = today.hours.iter().copied().sum();
    let until = format!("{}, UTC, until {}", time::day(today.now, today.now), time::hour_minute(today.now));
    let compared = match &today.usual {
        Some(usual) => {
            let change = number::change(usual.by_now.pico(), spent.pico()).map(|(_, text)| text);
            view! {
                <span class="fs-12">
                    <span class="delta">{change.unwrap_or_else(|| money::UNKNOWN.into())}</span>
                    {format!(" vs {} by now", usual.name)}
                </span>
                <span class="fs-12 muted">
                    {format!("usually {}, learned from {} days", money::amount(usual.by_now), usual.days)}
                </span>
            }
            .into_any()
        }
        None => view! { <span class="fs-12 muted">"What is usual shows after five days of spend."</span> }.into_any(),
    };
    let has_band = today.usual.is_some();
    view! {
        <header>
            <h2 id="spend-today">"Spend today"</h2>
            <span class="sub">{until}</span>
            <div class="spacer"></div>
            <a class="link fs-12" href="/costs?from=-24h">
                "Costs"
            </a>
        </header>
        <div class="pb">
            <div class="hero-fig">
                <b class="tnum money-t">
                    <Money amount=spent/>
                </b>
                <div>{compared}</div>
            </div>
            <Hours today/>
            <div class="legend hours-legend">
                <span><i class="sw sw--spend"></i>"spend per hour"</span>
                {has_band
                    .then(|| {
                        view! {
                            <span><i class="sw sw--anomaly"></i>"above the usual"</span>
                            <span><i class="sw band"></i>"usual"</span>
                        }
                    })}
            </div>
        </div>
    }
    .into_any()
}

/// Red only beyond 30 % above the band: a fifth of all usual hours lies a little above it.
const fn is_above(spent: UsdSum, high: UsdSum) -> bool {
    spent.pico() * 10 > high.pico() * 13
}

/// One bar per hour before the band of what is usual.
#[component]
fn Hours(today: Today) -> impl IntoView {
    let highest_usual = today.usual.iter().flat_map(|usual| usual.high.iter().copied()).max().unwrap_or_default();
    let highest = today.hours.iter().copied().max().unwrap_or_default();
    // A tenth of the height is left for the figure over the highest bar.
    let top = highest.max(highest_usual).pico() * 11 / 10;
    let height = move |amount: UsdSum| format!("{:.2}%", number::share(amount.pico(), top) * 100.0);
    let summary = format!(
        "Spend per hour today, at most {} in an hour{}",
        money::amount(highest),
        if today.usual.is_some() { ", before the band of what is usual" } else { "" }
    );
    let bars = (0..HOURS)
        .map(|hour| {
            let spent = today.hours.get(hour).copied();
            let usual = today.usual.as_ref().and_then(|usual| Some((*usual.low.get(hour)?, *usual.high.get(hour)?)));
            let hot = matches!((spent, usual), (Some(spent), Some((_, high))) if is_above(spent, high));
            let label = (hot && spent == Some(highest)).then(|| {
                view! { <em class="tnum" style=format!("bottom:{}", height(highest))>{money::amount(highest)}</em> }
            });
            view! {
                <span class="hr" class:hot=hot title=spent.map(|spent| format!("{hour:02}:00 {}", money::amount(spent)))>
                    {usual
                        .map(|(low, high)| {
                            let style = format!("bottom:{};height:{}", height(low), height(high - low));
                            view! { <i class="ex" style=style></i> }
                        })}
                    {spent.map(|spent| view! { <i class="v" style=format!("height:{}", height(spent))></i> })}
                    {label}
                </span>
            }
        })
        .collect_view();
    view! {
        <div class="hours" role="img" aria-label=summary>
            {bars}
        </div>
        <div class="hours-x tnum" aria-hidden="true">
            <span>"00:00"</span>
            <span>"06:00"</span>
            <span>"12:00"</span>
            <span>"18:00"</span>
            <span>"24:00"</span>
        </div>
    }
    .into_any()
}
