//! The line above every view of a trace: the views, and what bars are coloured by. Part of the island where that draws the
//! view, plain HTML elsewhere.

use leptos::prelude::*;
use model::TraceId;

use super::links::TraceUrl;
use super::tab::Tab;
use crate::format::number;

/// The element that shows the chosen view.
pub const PANEL_ID: &str = "view";

/// The id of a tab: what names the panel.
pub fn tab_id(tab: Tab) -> String {
    format!("tab-{}", if tab == Tab::Waterfall { "waterfall" } else { tab.word() })
}

/// Views of the trace and what bars are coloured by.
#[component]
pub fn Toolbar(
    /// Which trace.
    trace_id: TraceId,
    /// What is shown of it.
    #[prop(into)]
    url: Signal<TraceUrl>,
    /// Calls of models in it.
    model_calls: usize,
    /// What is beside the tabs; the colours alone where it is left out.
    #[prop(optional)]
    tools: Option<AnyView>,
) -> impl IntoView {
    let now = url.with_untracked(|url| url.tab);
    let counted = |tab: Tab| (tab == Tab::Conversation && model_calls > 0).then_some(model_calls);
    let tools = tools.or_else(|| now.has_bars().then(|| view! { <Colour trace_id url/> }.into_any()));
    view! {
        <div class="tbar">
            <div class="tabs" role="tablist" aria-label="Views of the trace" data-roves>
                {Tab::ALL.map(|(tab, name, _, key)| one(trace_id, url, (tab, name, key), counted(tab))).collect_view()}
            </div>
            <div class="spacer"></div>
            {tools}
        </div>
    }
    .into_any()
}

/// A tab, with how much is in it where that is told.
fn one(
    trace_id: TraceId,
    url: Signal<TraceUrl>,
    (tab, name, key): (Tab, &'static str, &'static str),
    count: Option<usize>,
) -> AnyView {
    let is_on = url.with_untracked(|url| url.tab == tab);
    view! {
        <a
            id=tab_id(tab)
            role="tab"
            class:on=is_on
            aria-selected=is_on.to_string()
            aria-controls=is_on.then_some(PANEL_ID)
            aria-keyshortcuts=key
            href=move || url.with(|url| url.with_tab(tab).href(trace_id))
            data-noscroll
        >
            {name}
            {count.map(|count| view! { " " <b class="count">{number::count(count as i64)}</b> })}
        </a>
    }
    .into_any()
}

/// What bars are coloured by.
#[component]
fn Colour(trace_id: TraceId, url: Signal<TraceUrl>) -> impl IntoView {
    let choice = |by_cost: bool, name: &'static str| {
        let is_on = move || url.with(|url| url.by_cost == by_cost);
        let href = move || TraceUrl { by_cost, ..url.get() }.href(trace_id);
        let key = url.with_untracked(|url| (url.by_cost != by_cost).then_some("c"));
        view! {
            <a href=href class:on=is_on aria-current=move || is_on().then_some("true") aria-keyshortcuts=key data-noscroll>
                {name}
            </a>
        }
    };
    view! {
        <span class="lbl">"Colour"</span>
        <nav class="seg" aria-label="Colour bars by">{choice(false, "Service")} {choice(true, "Cost")}</nav>
    }
    .into_any()
}
