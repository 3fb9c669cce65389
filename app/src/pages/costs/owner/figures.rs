//! The figures of one owner at a glance; each leads to the traces behind it.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::{Owner, TraceSpend};

use super::api::{Owned, Spending, Traces};
use crate::components::figures::{Change, Money};
use crate::components::owner::{self, Behind};
use crate::format::{duration, money, number};
use crate::frame::loaded::Loading;
use crate::pages::costs::api::per_trace;
use crate::pages::costs::export::exactly;

/// Spend, cost per trace and per trace that went well, what failures took, tokens.
#[component]
pub fn Figures(
    /// Whose.
    owner: Owner,
    /// What it spent.
    owned: Owned,
    /// Length of the range as it was asked for.
    asked_seconds: i64,
    /// Its traces, among what else was read of it.
    spending: Loading<Spending>,
) -> impl IntoView {
    let (now, before) = (owned.sums.now, owned.sums.before);
    let length = duration::width(asked_seconds);
    let compared = if before.cost == UsdSum::ZERO {
        view! { <span>{format!("nothing in the {length} before")}</span> }.into_any()
    } else {
        let words = format!(" vs {} in the {length} before", money::amount(before.cost));
        view! {
            <Change before=before.cost after=now.cost/>
            {words}
        }
        .into_any()
    };
    let share = number::percent(number::share(now.cost.pico(), owned.of_all.pico()));
    let unpriced = now.spans - now.priced_spans;
    let behind = owner::traces_href([&owner], &exactly(owned.range));
    let of_all = Some(owner::traces_where(&exactly(owned.range), ""));
    view! {
        <div class="kpis kpis--owner">
            <div class="kpi hero">
                <span class="k-l">"Spend in range"</span>
                <b class="k-v tnum">
                    <Behind href=behind.clone()>
                        <Money amount=now.cost/>
                    </Behind>
                </b>
                <span class="k-s">{compared}</span>
            </div>
            <div class="kpi">
                <span class="k-l">"Share of all spend"</span>
                <b class="k-v tnum">{share}</b>
                <span class="k-s">
                    "of " <Behind href=of_all>{money::amount(owned.of_all)}</Behind>
                </span>
            </div>
            <Transition>
                {move || {
                    let owner = owner.clone();
                    Suspend::new(async move { spending.await.ok().map(|Spending { traces, .. }| view! { <OfTraces owner traces/> }) })
                }}
            </Transition>
            <div class="kpi">
                <span class="k-l">"Tokens"</span>
                <b class="k-v tnum">
                    <Behind href=behind>{number::compact(now.tokens_in + now.tokens_out)}</Behind>
                </b>
                <span class="k-s">
                    {format!("{}, {} without a cost", number::counted(now.spans, "span"), number::compact(unpriced))}
                </span>
            </div>
        </div>
    }
    .into_any()
}

/// What one trace costs, what one that went well costs with the failures around it, and what those took.
#[component]
fn OfTraces(owner: Owner, traces: Traces) -> impl IntoView {
    let Traces { covered, spend, before, .. } = traces;
    let over =
        if covered.is_all { String::new() } else { format!(", last {}", duration::width(covered.range.seconds())) };
    let well = spend.traces - spend.failed;
    let per_success = per_success(spend);
    let behind = owner::traces_href([&owner], &exactly(covered.range));
    let failed = behind.clone().map(|href| format!("{href}&status=error"));
    let went_well = behind.clone().map(|href| format!("{href}&status=ok"));
    let of_failed = format!("{}{over}", number::counted(spend.failed, "failed trace"));
    let failed_spans =
        spend.failed_spans_cost.map(|cost| format!(", {} in failed spans", money::amount(cost))).unwrap_or_default();
    view! {
        <div class="kpi">
            <span class="k-l">"Cost per trace"</span>
            <b class="k-v tnum">
                <Money amount=per_trace(spend)/>
            </b>
            <span class="k-s">
                {compared(per_trace(before), per_trace(spend))}
                <Behind href=behind>{format!("{}{over}", number::counted(spend.traces, "trace"))}</Behind>
            </span>
        </div>
        <div class="kpi">
            <span class="k-l" title="Everything they cost, failures too, by the traces without a failed span">
                "Cost per success"
            </span>
            <b class="k-v tnum">
                <Money amount=per_success/>
            </b>
            <span class="k-s">
                {compared(self::per_success(before), per_success)}
                <Behind href=went_well>{format!("{} went well{over}", number::count(well))}</Behind>
            </span>
        </div>
        <div class="kpi">
            <span class="k-l">"Spent on failures"</span>
            <b class="k-v tnum">
                <Money amount=spend.failed_cost/>
            </b>
            <span class="k-s">
                {compared(Some(before.failed_cost), Some(spend.failed_cost))}
                <Behind href=failed>{of_failed}</Behind>
                {failed_spans}
            </span>
        </div>
    }
    .into_any()
}

/// Everything by the traces that went well; unknown when none did.
fn per_success(spend: TraceSpend) -> Option<UsdSum> {
    let well = spend.traces - spend.failed;
    (well > 0).then(|| UsdSum::from_pico(spend.cost.pico() / i128::from(well)))
}

/// The change, where there was something before.
fn compared(before: Option<UsdSum>, after: Option<UsdSum>) -> Option<impl IntoView> {
    let (before, after) = (before?, after?);
    (before > UsdSum::ZERO).then(|| view! { <Change before after/> " · " })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_bears_what_the_failures_cost() {
        let pico = UsdSum::from_pico;
        let spend = TraceSpend { traces: 4, failed: 1, cost: pico(12), failed_cost: pico(3), failed_spans_cost: None };
        assert_eq!((per_trace(spend), per_success(spend)), (Some(pico(3)), Some(pico(4))));
        assert_eq!(per_success(TraceSpend { failed: 4, ..spend }), None);
        assert_eq!(per_trace(TraceSpend::default()), None);
    }
}
