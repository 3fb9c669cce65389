//! Which prices are in use, and whether the price file is.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::price::{BookStatus, FileStatus};

use crate::components::icon::{Glyph, Icon, Size};
use crate::format::time;

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
    let BookStatus { built_in, file } = prices;
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
    let problem = file.as_ref().and_then(|file| file.problem.clone()).map(|problem| {
        view! {
            <div class="banner warn settings__problem" role="status">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>
                    "The price file cannot be used since " <time datetime=time::machine(problem.since)>{time::near(problem.since, now)}</time>
                    "; the prices before it stay in force. " <code>{problem.reason}</code>
                </span>
            </div>
        }
    });
    view! {
        <header>
            <h2 id="prices">"Prices"</h2>
            <span class="sub">"your own are asked first, then the built-in ones"</span>
            <div class="spacer"></div>
            <a class="link fs-12" href=super::unpriced::PATH>"Models without a price"</a>
        </header>
        {problem}
        <dl class="pb mini-kv">
            <div>
                <dt>"Your own"</dt>
                <dd>{own}</dd>
            </div>
            {since}
            <div>
                <dt>"Built in"</dt>
                <dd>
                    <code>{built_in}</code>
                </dd>
            </div>
        </dl>
        <Entries entries=file.map(|file| file.entries).unwrap_or_default()/>
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
