//! Services of the last hour: how busy, how slow, how dear.

use leptos::prelude::*;
use model::cost::{Dimension, Owner};
use model::dependency::{Node, NodeKind};

use super::tenants::ERRORS_WORTH_NOTICE;
use crate::colour::{self, Kind};
use crate::components::figures::{Money, Service, ShareBar, Swatch};
use crate::components::owner::OwnerLink;
use crate::components::states::Empty;
use crate::format::{duration, money, number};
use crate::url_state::RangeChoice;

/// Calls are counted over this many seconds.
const WINDOW_SECONDS: f64 = 3_600.0;

/// The panel.
#[component]
pub fn Services(
    /// Dearest first.
    nodes: Vec<Node>,
) -> impl IntoView {
    let most = nodes.first().map_or(0, |node| node.cost.pico());
    let empty = nodes.is_empty();
    let millis = |value: Option<f64>| value.map_or_else(|| money::UNKNOWN.into(), duration::millis);
    let rows = nodes
        .into_iter()
        .map(|node| {
            let errors = number::share(i128::from(node.errors), i128::from(node.calls));
            view! {
                <tr>
                    <td>
                        <Name kind=node.kind name=node.name/>
                    </td>
                    <td class="muted only-wide">{node.kind.as_str()}</td>
                    <td class="num">{number::rate(node.calls as f64 / WINDOW_SECONDS)}</td>
                    <td class="num only-wide">{millis(node.p50_ms)}</td>
                    <td class="num">{millis(node.p95_ms)}</td>
                    <td class="num" class:crit=(errors > ERRORS_WORTH_NOTICE)>{number::percent(errors)}</td>
                    <td class="num strong">
                        <Money amount=node.cost/>
                    </td>
                    <td class="services__share only-wide">
                        <ShareBar share=number::share(node.cost.pico(), most)/>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <header>
            <h2 id="services">"Services, last hour"</h2>
            <span class="sub">"sorted by cost"</span>
            <div class="spacer"></div>
            <a class="link fs-12" href="/map">
                "Map"
            </a>
        </header>
        {if empty {
            view! { <Empty title="No calls in the last hour">"The "<a class="link" href="/map?from=-24h">"map of the last day"</a>" may show more."</Empty> }
                .into_any()
        } else {
            view! {
                <div class="scroll-x">
                    <table class="tbl">
                        <thead>
                            <tr>
                                <th scope="col">"Service"</th>
                                <th scope="col" class="only-wide">"Kind"</th>
                                <th scope="col" class="num">"Calls/s"</th>
                                <th scope="col" class="num only-wide">"p50"</th>
                                <th scope="col" class="num">"p95"</th>
                                <th scope="col" class="num">"Errors"</th>
                                <th scope="col" class="num sort">"Cost"</th>
                                <td class="only-wide"></td>
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

/// The name of a service leads to what it spent; what services call without its sending spans itself spends nothing of its own.
#[component]
fn Name(kind: NodeKind, name: String) -> impl IntoView {
    if kind != NodeKind::Service {
        return view! { <Service name/> }.into_any();
    }
    let slot = colour::slot(Kind::Service, &name);
    let owner = Owner { dimension: Dimension::Service, key: Some(name) };
    view! {
        <span class="op-cell">
            <Swatch colour=slot/>
            <OwnerLink owner range=Some(RangeChoice::Last(86_400))/>
        </span>
    }
    .into_any()
}
