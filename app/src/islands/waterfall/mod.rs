//! The waterfall: folds, scrolls, selects and steps through the rows of a trace without asking for the page again.
//!
//! The server lays the trace out ([`model::trace::waterfall`]) and sends what is seen first ([`sheet::Sheet`]); `viewer`
//! keeps what the reader does to it and asks for further rows. What is opened, folded and coloured is in the URL
//! ([`links`]). The drawer of an opened span is HTML from the server (`drawer`).

use leptos::html::Div;
use leptos::prelude::*;

use self::links::TraceUrl;
use self::sheet::Sheet;
use self::viewer::Viewer;
use crate::url_state::encode;

mod ahead;
pub mod api;
mod bars;
mod drawer;
mod footer;
mod grid;
mod in_sight;
mod keys;
pub mod limit;
pub mod links;
pub mod row;
mod scroll;
pub mod sheet;
mod shown;
pub mod url_folds;
mod viewer;
pub mod waste;

/// Views and colours, the strip of the whole trace, the rows.
#[island]
pub fn Waterfall(
    /// What the server laid out.
    sheet: Sheet,
    /// What the URL says.
    url: TraceUrl,
    /// The strip of the whole trace.
    children: Children,
) -> impl IntoView {
    let viewer = Viewer::new(sheet, url);
    let scroller = NodeRef::<Div>::new();
    keys::listen(viewer, scroller);
    drawer::follow(viewer);
    view! {
        <div class="tmain" data-color=move || if viewer.url.with(|url| url.by_cost) { "cost" } else { "service" }>
            <Toolbar viewer/>
            {children()}
            <grid::Grid viewer scroller/>
            <footer::Footer viewer/>
        </div>
    }
}

/// Views of the trace and what bars are coloured by.
#[component]
fn Toolbar(viewer: Viewer) -> impl IntoView {
    let by_cost = move || viewer.url.with(|url| url.by_cost);
    let colour = move |by_cost: bool| move || TraceUrl { by_cost, ..viewer.url.get() }.href(viewer.trace_id);
    let json = viewer.url.with_untracked(|url| {
        let query = url.within.to_query().map(|(key, value)| format!("?{key}={}", encode(value))).unwrap_or_default();
        format!("/api/v1/traces/{}{query}", viewer.trace_id)
    });
    view! {
        <div class="tbar">
            <nav class="tabs" aria-label="Views of the trace">
                <a class="on" aria-current="page" href=move || viewer.url.get().href(viewer.trace_id)>"Waterfall"</a>
                <a href=json rel="external">"JSON"</a>
            </nav>
            <div class="spacer"></div>
            <span class="lbl">"Colour"</span>
            <nav class="seg" aria-label="Colour bars by">
                <a href=colour(false) class:on=move || !by_cost() aria-current=move || (!by_cost()).then_some("true")>"Service"</a>
                <a href=colour(true) class:on=by_cost aria-current=move || by_cost().then_some("true")>"Cost"</a>
            </nav>
        </div>
    }
}
