//! Who made, changed and deleted budgets, when and why.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::budget::rulebook::Change;

use crate::format::time;

/// The panel; nothing at all before the first change.
#[component]
pub fn History(
    /// Newest first.
    changes: Vec<Change>,
    /// Whether there are older ones.
    more: bool,
    /// The server's clock.
    now: DateTime<Utc>,
) -> impl IntoView {
    if changes.is_empty() {
        return ().into_any();
    }
    let rows = changes.into_iter().map(|change| view! { <Row change now/> }).collect_view();
    let more = more.then(|| {
        view! {
            <p class="pb muted fs-12">
                "Older ones are in " <a class="link" href="/api/v1/budget-changes" rel="external">"/api/v1/budget-changes"</a>
            </p>
        }
    });
    view! {
        <section class="panel" aria-labelledby="history">
            <header>
                <h2 id="history">"History"</h2>
            </header>
            <ul class="repricing__history">{rows}</ul>
            {more}
        </section>
    }
    .into_any()
}

#[component]
fn Row(change: Change, now: DateTime<Utc>) -> impl IntoView {
    let Change { at, by, note, action, name, before, after, .. } = change;
    let note = Some(note).filter(|note| !note.is_empty()).map(|note| format!(": {note}"));
    let was = Some(before).filter(|before| !before.is_empty()).map(|before| {
        view! {
            <p class="muted">
                <del>{before}</del>
            </p>
        }
    });
    let is = Some(after).filter(|after| !after.is_empty()).map(|after| view! { <p>{after}</p> });
    view! {
        <li class="repricing__run">
            <div>
                <p>
                    <time datetime=time::machine(at)>{time::near(at, now)}</time>
                    {format!(" {by} {action} ")}
                    <b>{name}</b>
                    {note}
                </p>
                {was}
                {is}
            </div>
        </li>
    }
    .into_any()
}
