//! Who priced calls again, when, which, and how much money that moved.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::repricing::Run;

use super::PATH;
use super::api::Runs;
use super::run::{StateBadge, scope, signed};
use crate::format::{number, time};
use crate::pages::settings::history;

/// The panel.
#[component]
pub fn History(
    /// What there is.
    runs: Runs,
) -> impl IntoView {
    if runs.runs.is_empty() {
        return ().into_any();
    }
    let (now, more) = (runs.now, runs.more);
    let rows = runs.runs.into_iter().map(|run| view! { <Row run now/> }).collect_view();
    view! { <history::History rows=rows.into_any() older=more.then_some("/api/v1/prices/repricing")/> }.into_any()
}

#[component]
fn Row(run: Run, now: DateTime<Utc>) -> impl IntoView {
    let href = format!("{PATH}?run={}", run.id);
    let at = run.application.as_ref().map_or(run.started_at, |application| application.at);
    let title = scope(&run.scope, now);
    let by = run.application.clone().map(|application| {
        let note = Some(application.note).filter(|note| !note.is_empty()).map(|note| format!(": {note}"));
        format!("{}{}", application.by, note.unwrap_or_default())
    });
    let figures = run.application.as_ref().map(|application| {
        view! {
            <p class="tnum">
                <b class="money-t">{signed(run.total.moved)}</b>
                {format!(" in {} calls", number::count(application.applied))}
            </p>
        }
    });
    view! {
        <li class="repricing__run">
            <div>
                <p>
                    <a class="link" href=href>
                        <time datetime=time::machine(at)>{time::near(at, now)}</time>
                    </a>
                    " "
                    {by.map(|by| view! { <span>{by}</span> })}
                </p>
                <p class="muted">{title}</p>
                <p class="muted"><code>{run.revision.clone()}</code></p>
            </div>
            <div class="repricing__state">
                <StateBadge run/>
                {figures}
            </div>
        </li>
    }
    .into_any()
}
