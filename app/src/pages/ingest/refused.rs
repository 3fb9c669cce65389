//! The refused spans, newest first.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::rejected::{Filter, Line};

use super::api;
use super::list_url::{self, ListUrl};
use super::words::{count_text, title};
use crate::components::pager::Pager;
use crate::components::states::Empty;
use crate::format::time;

/// The panel.
#[component]
pub fn List(
    /// A page of it.
    list: api::Refused,
    /// What the URL asks for.
    url: ListUrl,
) -> impl IntoView {
    let filter = url.known();
    let body = if list.lines.is_empty() {
        view! { <Nothing filter=filter.clone()/> }.into_any()
    } else {
        let now = list.now;
        let shown = format!("{} lines, newest first; kept for 30 days", list.lines.len());
        let first = filter.before.is_some().then(|| url.page(None));
        let next = list.next.map(|next| url.page(Some(next)));
        let rows = list.lines.into_iter().map(|line| view! { <Row line now/> }).collect_view();
        view! {
            <div class="scroll-x" tabindex="0" role="group" aria-labelledby="refused">
                <table class="tbl refused">
                    <thead>
                        <tr>
                            <th scope="col">"When"</th>
                            <th scope="col" class="only-wide">"Sender"</th>
                            <th scope="col" class="only-wide">"Span"</th>
                            <th scope="col">"Why"</th>
                            <th scope="col" class="num">"Spans"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <Pager shown next first/>
        }
        .into_any()
    };
    view! {
        <header>
            <h2 id="refused">"Refused"</h2>
            <Conditions filter/>
        </header>
        {body}
    }
    .into_any()
}

/// What narrows the list, and the way out.
#[component]
fn Conditions(filter: Filter) -> impl IntoView {
    let class = filter.class.map(|class| title(class).to_owned());
    let conditions: Vec<String> = [class, filter.sender].into_iter().flatten().collect();
    let is_narrowed = !conditions.is_empty();
    let badges = conditions
        .into_iter()
        .map(|condition| view! { <span class="badge refused__condition" title=condition.clone()><span class="trunc">{condition.clone()}</span></span> })
        .collect_view();
    view! {
        {badges}
        <div class="spacer"></div>
        {is_narrowed.then(|| view! { <a class="link fs-12" href=list_url::everything()>"Show all"</a> })}
    }
    .into_any()
}

#[component]
fn Nothing(filter: Filter) -> impl IntoView {
    if filter == Filter::default() {
        return view! {
            <Empty title="Nothing was refused">
                "A span that cannot be kept is listed here with its reason before its sender is answered."
            </Empty>
        }
        .into_any();
    }
    view! {
        <Empty title="Nothing else was refused">
            "Nothing in the last 30 days matches. "
            <a class="link" href=list_url::everything()>
                "Show all"
            </a>
        </Empty>
    }
    .into_any()
}

#[component]
fn Row(line: Line, now: DateTime<Utc>) -> impl IntoView {
    let Line { at, sender, encoding, class, refused, .. } = line;
    let span = refused.span_id.unwrap_or_else(|| if refused.spans == Some(1) { "no id" } else { "" }.to_owned());
    let trace = refused.trace_id.map(|trace_id| format!("of trace {trace_id}"));
    let how = encoding.unwrap_or_else(|| "unknown format".to_owned());
    let more = [Some(span.clone()).filter(|span| !span.is_empty()), Some(sender.clone()), Some(how.clone())];
    let more = more.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let spans = match refused.spans {
        Some(spans) => view! { <span>{count_text(spans)}</span> }.into_any(),
        None => view! { <span class="muted" title="a whole request, whose spans nobody could count">"request"</span> }
            .into_any(),
    };
    view! {
        <tr>
            <td class="muted tnum">
                <time datetime=time::machine(at)>{time::near(at, now)}</time>
            </td>
            <td class="only-wide refused__sender">
                <span class="trunc" title=sender.clone()>{sender.clone()}</span>
                <span class="refused__how">{how}</span>
            </td>
            <td class="only-wide mono refused__span">
                <span class="trunc" title=trace>{span}</span>
            </td>
            <td class="refused__why">
                {refused.reason}
                <span class="refused__more">{more}</span>
                <span class="vh">{format!(" ({})", title(class))}</span>
            </td>
            <td class="num">{spans}</td>
        </tr>
    }
    .into_any()
}
