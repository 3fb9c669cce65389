//! Who sends, and what became of it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::ingest::{Fate, IngestReport, SenderLine};

use super::list_url;
use super::words::{count_of, count_text};
use crate::components::states::Empty;
use crate::format::time;

/// The panel.
#[component]
pub fn Senders(
    /// What the server counted.
    report: IngestReport,
) -> impl IntoView {
    let (now, others) = (report.now, report.other_senders);
    let count = report.senders.len() as u64;
    let body = if report.senders.is_empty() {
        view! { <Empty title="Nobody yet">"Senders show here by program and address as soon as they send anything."</Empty> }
            .into_any()
    } else {
        let rows = report.senders.into_iter().map(|line| view! { <Line line now/> }).collect_view();
        view! {
            <div class="scroll-x senders" tabindex="0" role="group" aria-labelledby="senders">
                <table class="tbl">
                    <thead>
                        <tr>
                            <th scope="col">"Sender"</th>
                            <th scope="col" class="only-wide">"With"</th>
                            <th scope="col" class="only-wide">"How"</th>
                            <th scope="col" class="num">"New"</th>
                            <th scope="col" class="num">"Refused"</th>
                            <th scope="col" class="num only-wide">"Twice"</th>
                            <th scope="col" class="num">"Last"</th>
                        </tr>
                    </thead>
                    <tbody>{rows} {(others != Fate::default()).then(|| view! { <Others fate=others/> })}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <header>
            <h2 id="senders">"Senders"</h2>
            <span class="sub">{(count > 0).then(|| format!("{}, the last heard of first", count_of(count, "sender")))}</span>
        </header>
        {body}
    }
    .into_any()
}

#[component]
fn Line(line: SenderLine, now: DateTime<Utc>) -> impl IntoView {
    let SenderLine { name, sdks, by_encoding, fate, last_seen } = line;
    let more = sdks.len().saturating_sub(1);
    let with = sdks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let first = sdks.first().map(ToString::to_string).unwrap_or_default();
    let first = if more == 0 { first } else { format!("{first} and {more} more") };
    let how = by_encoding.iter().map(|(encoding, _)| encoding.as_str()).collect::<Vec<_>>().join(", ");
    let href = list_url::of_sender(&name);
    view! {
        <tr>
            <th scope="row" class="senders__name">
                <span class="trunc" title=name.clone()>{name.clone()}</span>
                <span class="senders__more">{how.clone()}</span>
            </th>
            <td class="only-wide senders__with">
                <span class="trunc" title=with>{first}</span>
            </td>
            <td class="only-wide muted senders__how">
                <span class="trunc" title=how.clone()>{how.clone()}</span>
            </td>
            <td class="num strong">{count_text(fate.accepted)}</td>
            <td class="num">
                <RefusedCount fate href/>
            </td>
            <td class="num only-wide">{count_text(fate.duplicates)}</td>
            <td class="num muted">
                <time datetime=time::machine(last_seen)>{time::near(last_seen, now)}</time>
            </td>
        </tr>
    }
    .into_any()
}

/// Refused spans, and whole requests beside them, leading to the list.
#[component]
fn RefusedCount(fate: Fate, href: String) -> impl IntoView {
    if fate.rejected == 0 && fate.requests_refused == 0 {
        return view! { <span class="zero">"0"</span> }.into_any();
    }
    let requests = (fate.requests_refused > 0).then(|| format!(" + {}", count_of(fate.requests_refused, "request")));
    view! {
        <a class="crit" href=href>
            {count_text(fate.rejected)}
            {requests}
        </a>
    }
    .into_any()
}

#[component]
fn Others(fate: Fate) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" class="muted">"all others"</th>
            <td class="only-wide"></td>
            <td class="only-wide"></td>
            <td class="num strong">{count_text(fate.accepted)}</td>
            <td class="num">{count_text(fate.rejected)}</td>
            <td class="num only-wide">{count_text(fate.duplicates)}</td>
            <td></td>
        </tr>
    }
    .into_any()
}
