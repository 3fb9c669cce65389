//! The frame of one page: its name in the top bar and the document's title, its actions, the search, its content.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::icon::{Glyph, Icon, Size};

/// One page: top bar and `<main>`.
#[component]
pub fn Page(
    /// Name of the page; also the document's title.
    #[prop(into)]
    title: String,
    /// Where it stands in the hierarchy, before its name: text and address of each step.
    #[prop(optional)]
    crumbs: Vec<(&'static str, &'static str)>,
    /// Controls of the page at the right of the top bar.
    #[prop(optional, into)]
    actions: ViewFn,
    /// The content fills the page by itself and brings its own scrolling.
    #[prop(optional)]
    flush: bool,
    /// The news that change what it shows: `costs`, `alerts`, `ingest`, `repricing`, `budgets`; see [`crate::browser::news`].
    #[prop(optional)]
    live: &'static str,
    /// The content.
    children: Children,
) -> impl IntoView {
    let steps = crumbs
        .into_iter()
        .map(|(text, href)| {
            view! {
                <a href=href>{text}</a>
                <Icon glyph=Glyph::Caret size=Size::Small/>
            }
        })
        .collect_view();
    view! {
        <Title text=format!("{title} · Tracetab")/>
        <header class="topbar">
            <div class="crumbs">{steps} <h1 class="trunc">{title}</h1></div>
            <div class="spacer"></div>
            {actions.run()}
            <Search/>
            <button type="button" class="ibtn needs-js" aria-label="Switch theme" title="Switch theme (t)" data-does="theme">
                <Icon glyph=Glyph::Sun/>
            </button>
        </header>
        <main id="main" class="page" class:flush=flush tabindex="-1" data-live=live>
            {children()}
        </main>
    }
    .into_any()
}

/// Opens a pasted trace id, or lists the traces that match: a plain form, so that it works without JavaScript.
#[component]
fn Search() -> impl IntoView {
    view! {
        <form class="omni only-wide" action="/traces" method="get" role="search" aria-label="Traces">
            <Icon glyph=Glyph::Search size=Size::Medium/>
            <input
                id="search"
                type="search"
                name="jump"
                aria-label="Search or paste a trace id"
                placeholder="Search or paste a trace id"
                autocomplete="off"
                spellcheck="false"
            />
            <kbd aria-hidden="true">"/"</kbd>
        </form>
    }
    .into_any()
}
