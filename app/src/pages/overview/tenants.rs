//! The tenants that spent most.

use leptos::prelude::*;
use model::cost::{Dimension, Owner};
use model::trace::TenantLine;

use crate::colour::{Kind, Palette};
use crate::components::figures::{Money, ShareBar, Swatch};
use crate::components::owner::{self, OwnerLink};
use crate::components::states::Empty;
use crate::format::{duration, money, number};
use crate::url_state::RangeChoice;

/// Beyond this share of failed traces the figure is red.
pub const ERRORS_WORTH_NOTICE: f64 = 0.02;

/// What the panel is of.
const LAST_DAY: RangeChoice = RangeChoice::Last(86_400);

/// The panel.
#[component]
pub fn Tenants(
    /// Dearest first.
    lines: Vec<TenantLine>,
) -> impl IntoView {
    let palette = Palette::assign(Kind::Tenant, lines.iter().filter_map(|line| line.tenant.as_deref()));
    let most = lines.first().map_or(0, |line| line.cost.pico());
    let empty = lines.is_empty();
    let rows = lines
        .into_iter()
        .map(|line| {
            let slot = line.tenant.as_deref().map_or(0, |tenant| palette.slot(tenant));
            let errors = number::share(i128::from(line.with_errors), i128::from(line.traces));
            let owner = Owner { dimension: Dimension::Tenant, key: line.tenant.clone() };
            let behind = owner::traces_href([&owner], "from=-24h");
            let traces = number::count(line.traces);
            let traces = match behind.filter(|_| line.traces > 0) {
                Some(href) => view! { <a href=href title="Its traces, dearest first">{traces}</a> }.into_any(),
                None => traces.into_any(),
            };
            view! {
                <tr>
                    <td>
                        <span class="op-cell">
                            <Swatch colour=slot/>
                            <OwnerLink owner range=Some(LAST_DAY)/>
                        </span>
                    </td>
                    <td class="num strong">
                        <Money amount=line.cost/>
                    </td>
                    <td class="tenants__share only-wide">
                        <ShareBar share=number::share(line.cost.pico(), most) colour=slot/>
                    </td>
                    <td class="num">{traces}</td>
                    <td class="num">{line.p95_ns.map_or_else(|| money::UNKNOWN.into(), duration::nanos)}</td>
                    <td class="num" class:crit=(errors > ERRORS_WORTH_NOTICE)>{number::percent(errors)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <header>
            <h2 id="tenants">"Top tenants, 24 h"</h2>
            <div class="spacer"></div>
            <a class="link fs-12" href="/costs?from=-24h&group_by=tenant">
                "Breakdown"
            </a>
        </header>
        {if empty {
            view! { <Empty title="No spans in the last 24 hours">"Older ones are in "<a class="link" href="/costs?from=-30d">"Costs"</a>"."</Empty> }
                .into_any()
        } else {
            view! {
                <div class="scroll-x">
                    <table class="tbl">
                        <thead>
                            <tr>
                                <th scope="col">"Tenant"</th>
                                <th scope="col" class="num sort">"Spend"</th>
                                <td class="only-wide"></td>
                                <th scope="col" class="num">"Traces"</th>
                                <th scope="col" class="num">"p95"</th>
                                <th scope="col" class="num">"Errors"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
                .into_any()
        }}
    }
    .into_any()
}
