//! Why spans are refused, added up; a reason narrows the list to it.

use leptos::prelude::*;
use model::rejected::{Reason, Sum};

use super::api::Recent;
use super::list_url::ListUrl;
use super::words::{count_of, count_text, title};
use crate::components::states::Empty;

/// The panel.
#[component]
pub fn Reasons(
    /// What was refused lately.
    recent: Recent,
    /// What the URL asks for.
    url: ListUrl,
) -> impl IntoView {
    let chosen = url.known().class;
    let just_now = move |class: Reason| recent.just_now.iter().find(|sum| sum.class == class).copied();
    let body = if recent.day.is_empty() {
        view! { <Empty title="Nothing in the last 24 hours">"Reasons are added up here."</Empty> }.into_any()
    } else {
        let rows = recent
            .day
            .into_iter()
            .map(|sum| {
                let here = chosen == Some(sum.class);
                let href = url.toggled(sum.class);
                view! {
                    <tr class:sel=here>
                        <th scope="row">
                            <a class="link" href=href aria-current=here.then_some("true")>
                                {title(sum.class)}
                            </a>
                        </th>
                        <td class="num">{just_now(sum.class).map_or_else(|| "0".to_owned(), figure)}</td>
                        <td class="num strong">{figure(sum)}</td>
                    </tr>
                }
            })
            .collect_view();
        view! {
            <table class="tbl">
                <thead>
                    <tr>
                        <th scope="col">"Reason"</th>
                        <th scope="col" class="num">"10 min"</th>
                        <th scope="col" class="num sort">"24 h"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <header>
            <h2 id="reasons">"Reasons"</h2>
            <span class="sub">"of all servers"</span>
        </header>
        {body}
    }
    .into_any()
}

/// Spans; whole requests by themselves, since nobody knows how many spans they had.
fn figure(sum: Sum) -> String {
    match (sum.spans, sum.requests) {
        (spans, 0) => count_text(spans),
        (0, requests) => count_of(requests, "request"),
        (spans, requests) => format!("{} + {}", count_text(spans), count_of(requests, "request")),
    }
}
