//! A short table of traces: which, whose, how long, how dear.

use leptos::prelude::*;
use model::cost::{Dimension, Owner};
use model::trace::TraceSummary;

use crate::colour::{self, Kind};
use crate::components::figures::{Duration, Money, Split, Swatch, known};
use crate::components::owner::OwnerLink;
use crate::url_state::trace_href;

/// Decimals of a list's cost column, so that its points line up.
pub const COST_DECIMALS: u32 = 4;

/// The table.
#[component]
pub fn TraceTable(
    /// In the order they are shown.
    traces: Vec<TraceSummary>,
) -> impl IntoView {
    let rows = traces
        .into_iter()
        .map(|trace| {
            let href = trace_href(trace.trace_id, trace.own_space_of());
            let service = trace.root_service.unwrap_or_else(|| "root not received".into());
            let operation = trace.root_operation.unwrap_or_else(|| service.clone());
            view! {
                <tr>
                    <td class="mono">
                        <a class="link" href=href>
                            {trace.trace_id.short()}
                        </a>
                    </td>
                    <td class="trace-table__operation">
                        <div class="op-cell" title=service.clone()>
                            <Swatch colour=colour::slot(Kind::Service, &service)/>
                            <span class="trunc">{operation}</span>
                            {(trace.errors > 0).then(|| view! { <span class="badge crit" title="failed spans">{trace.errors}<span class="vh">" failed"</span></span> })}
                        </div>
                    </td>
                    <td class="muted only-wide">
                        <OwnerLink owner=Owner { dimension: Dimension::Tenant, key: trace.tenant }/>
                    </td>
                    <td class="num">
                        <Duration nanos=trace.duration_ns/>
                    </td>
                    <td class="trace-table__split only-wide">
                        <Split parts=trace.split/>
                    </td>
                    <td class="num strong">
                        <Money amount=known(trace.cost) decimals=COST_DECIMALS/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll-x">
            <table class="tbl trace-table">
                <thead>
                    <tr>
                        <th scope="col">"Trace"</th>
                        <th scope="col">"Operation"</th>
                        <th scope="col" class="only-wide">"Tenant"</th>
                        <th scope="col" class="num">"Duration"</th>
                        <th scope="col" class="only-wide">"Split"</th>
                        <th scope="col" class="num">"Cost"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
