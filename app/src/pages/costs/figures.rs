//! The figures of the range at a glance.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::Sums;

use super::api::{Costs, Dearest};
use super::export::exactly;
use super::forecast::{Ahead, Forecast};
use crate::components::figures::{Change, Money};
use crate::components::owner::{self, Behind};
use crate::format::{duration, money, number};
use crate::frame::loaded::Loading;

/// Spend, where it will end, cost per trace, tokens, what nobody owns, what has no cost.
#[component]
pub fn Figures(
    /// Spend of the range.
    costs: Costs,
    /// Length of the range as it was asked for.
    asked_seconds: i64,
    /// The traces of the range, for the cost of one.
    dearest: Loading<Dearest>,
    /// Where a budget for everything will end.
    ahead: Loading<Option<Ahead>>,
) -> impl IntoView {
    let asked = duration::width(asked_seconds);
    let compared = if costs.before == UsdSum::ZERO {
        view! { <span>{format!("nothing in the {asked} before")}</span> }.into_any()
    } else {
        let words = format!(" vs {} in the {asked} before", money::amount(costs.before));
        view! {
            <Change before=costs.before after=costs.total.cost/>
            {words}
        }
        .into_any()
    };
    let total = costs.total;
    let range = exactly(costs.range);
    let behind = Some(owner::traces_where(&range, ""));
    let of_traces = behind.clone();
    let of_nobody = owner::traces_where(&range, "without=tenant");
    let of_nobody = Some(of_nobody).filter(|_| costs.unattributed > UsdSum::ZERO);
    let unattributed = number::share(costs.unattributed.pico(), total.cost.pico());
    view! {
        <div class="kpis">
            <div class="kpi hero">
                <span class="k-l">"Spend in range"</span>
                <b class="k-v tnum">
                    <Behind href=behind.clone()>
                        <Money amount=total.cost/>
                    </Behind>
                </b>
                <span class="k-s">{compared}</span>
            </div>
            <Forecast ahead/>
            <div class="kpi">
                <span class="k-l">"Cost per trace"</span>
                <Transition>
                    {move || {
                        let behind = of_traces.clone();
                        Suspend::new(async move { dearest.await.ok().map(|dearest| view! { <PerTrace dearest behind/> }) })
                    }}
                </Transition>
            </div>
            <div class="kpi">
                <span class="k-l">"Tokens"</span>
                <b class="k-v tnum">
                    <Behind href=behind.clone()>{number::compact(total.tokens_in + total.tokens_out)}</Behind>
                </b>
                <span class="k-s">
                    {format!("{} in · {} out", number::compact(total.tokens_in), number::compact(total.tokens_out))}
                </span>
            </div>
            <div class="kpi">
                <span class="k-l">"Unattributed"</span>
                <b class="k-v tnum">
                    <Behind href=of_nobody>
                        <Money amount=costs.unattributed/>
                    </Behind>
                </b>
                <span class="k-s">{format!("{} of spend has no tenant", number::percent(unattributed))}</span>
            </div>
            <Unpriced total behind unpriced=owner::traces_where(&range, "without=cost")/>
        </div>
    }
    .into_any()
}

/// Spans nobody knows the cost of; a click leads to their traces.
#[component]
fn Unpriced(total: Sums, behind: Option<String>, unpriced: String) -> impl IntoView {
    let share = number::share(i128::from(total.spans - total.priced_spans), i128::from(total.spans));
    let unpriced = Some(unpriced).filter(|_| total.priced_spans < total.spans);
    view! {
        <div class="kpi">
            <span class="k-l">"Without a cost"</span>
            <b class="k-v tnum">
                <Behind href=unpriced>{number::percent(share)}</Behind>
            </b>
            <span class="k-s">"of " <Behind href=behind>{format!("{} spans", number::compact(total.spans))}</Behind></span>
        </div>
    }
    .into_any()
}

#[component]
fn PerTrace(dearest: Dearest, behind: Option<String>) -> impl IntoView {
    let totals = dearest.totals;
    // Traces without any known cost count as traces: the figure is what the next trace can be expected to cost.
    let each = (totals.traces > 0).then(|| UsdSum::from_pico(totals.cost.pico() / i128::from(totals.traces)));
    view! {
        <b class="k-v tnum">
            <Money amount=each/>
        </b>
        <span class="k-s">
            "over " <Behind href=behind>{format!("{} traces", number::count(totals.traces))}</Behind>
        </span>
    }
    .into_any()
}
