//! Which prices are in use, and whether the price file is.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::price::{BookStatus, FetchedStatus, FileStatus};

use crate::components::broken_file::BrokenFile;
use crate::format::{number, time};

/// Entries listed; more are in the file, and `/api/v1/prices` has them all.
const ENTRIES_MAX: usize = 50;

/// The panel.
#[component]
pub fn Prices(
    /// What is in use.
    prices: BookStatus,
    /// The server's clock.
    now: DateTime<Utc>,
) -> impl IntoView {
    let BookStatus { built_in, file, fetched } = prices;
    let own = match &file {
        None => {
            view! { <span class="muted">"none; " <code>"TRACETAB_RULES"</code> " names the folder for them"</span> }
                .into_any()
        }
        Some(FileStatus { revision: None, path, .. }) => {
            view! { <span class="muted">"none; they would be in " <code>{path.clone()}</code></span> }.into_any()
        }
        Some(FileStatus { revision: Some(revision), .. }) => view! { <code>{revision.clone()}</code> }.into_any(),
    };
    let since = file.as_ref().filter(|file| file.revision.is_some()).map(|file| {
        view! {
            <div>
                <dt>"In force since"</dt>
                <dd>
                    <time datetime=time::machine(file.loaded_at)>{time::near(file.loaded_at, now)}</time>
                </dd>
            </div>
        }
    });
    let problem = file.as_ref().and_then(|file| file.problem.clone());
    let instead = "the prices before it stay in force";
    let problem = view! { <BrokenFile what="The price file cannot be used" instead problem now/> };
    let fetch_problem = fetched.as_ref().and_then(|fetched| fetched.problem.clone());
    let what = "The prices that are fetched cannot be used";
    let fetch_problem = view! { <BrokenFile what instead problem=fetch_problem now/> };
    // A whole book is asked in place of the built-in one, entries are asked before it.
    let in_place = fetched
        .as_ref()
        .and_then(|fetched| fetched.revision.as_deref())
        .is_some_and(|revision| revision.starts_with("genai-prices "));
    let built_in_note = in_place.then_some(" (not asked: the fetched ones are in its place)");
    view! {
        <header>
            <h2 id="prices">"Prices"</h2>
            <span class="sub">"your own are asked first, then the built-in ones"</span>
            <div class="spacer"></div>
            <a class="link fs-12" href=super::unpriced::PATH>"Models without a price"</a>
            <a class="link fs-12" href=super::repricing::PATH>"Price again"</a>
            <a class="link fs-12" href=super::verdicts::PATH>"Overrides of verdicts"</a>
        </header>
        {problem}
        {fetch_problem}
        <dl class="pb mini-kv">
            <div>
                <dt>"Your own"</dt>
                <dd>{own}</dd>
            </div>
            {since}
            {fetched.map(|fetched| view! { <Fetched fetched now/> })}
            <div>
                <dt>"Built in"</dt>
                <dd>
                    <code>{built_in}</code>
                    {built_in_note}
                </dd>
            </div>
        </dl>
        <Entries entries=file.map(|file| file.entries).unwrap_or_default()/>
    }
    .into_any()
}

/// Where prices are fetched from, which are in force, and when it was last asked.
#[component]
fn Fetched(fetched: FetchedStatus, now: DateTime<Utc>) -> impl IntoView {
    let FetchedStatus { url, revision, models, fetched_at, checked_at, .. } = fetched;
    let in_force = match revision {
        Some(revision) => {
            let what = if revision.starts_with("genai-prices ") { "models" } else { "entries" };
            let came = fetched_at.map(|at| format!(", came {}", time::near(at, now))).unwrap_or_default();
            let models = number::count(i64::try_from(models).unwrap_or(i64::MAX));
            view! { <code>{revision}</code> {format!(" ({models} {what}{came})")} }.into_any()
        }
        None => view! { <span class="muted">"none yet"</span> }.into_any(),
    };
    let checked = checked_at.map_or_else(|| "not yet".to_owned(), |at| time::near(at, now));
    view! {
        <div>
            <dt>"Fetched"</dt>
            <dd>{in_force}</dd>
        </div>
        <div>
            <dt>"From"</dt>
            <dd>
                <code>{url}</code>
                {format!(", last asked {checked}")}
            </dd>
        </div>
    }
    .into_any()
}

#[component]
fn Entries(entries: Vec<String>) -> impl IntoView {
    if entries.is_empty() {
        return ().into_any();
    }
    let more = entries.len().saturating_sub(ENTRIES_MAX);
    let lines = entries.into_iter().take(ENTRIES_MAX).map(|entry| view! { <li>{entry}</li> }).collect_view();
    let more = (more > 0).then(|| view! { <p class="muted">{format!("and {more} more in the file")}</p> });
    view! {
        <div class="pb settings__entries">
            <ol>{lines}</ol>
            {more}
        </div>
    }
    .into_any()
}
