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
mod answers;
pub mod api;
mod bars;
mod brush;
mod drawer;
mod find;
mod footer;
mod grid;
mod gutter;
mod in_sight;
mod keys;
pub mod limit;
pub mod links;
pub mod look;
pub mod row;
mod scroll;
pub mod sheet;
mod shown;
mod tools;
pub mod url_folds;
mod viewer;

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
        <div
            class="tmain"
            class:has-gutter=viewer.has_gutter()
            data-color=move || if viewer.url.with(|url| url.by_cost) { "cost" } else { "service" }
            data-no-path=move || viewer.url.with(|url| url.look.no_path).then_some("")
        >
            <Toolbar viewer/>
            <find::FindNote viewer/>
            <div class="mini-wrap">{children()} <brush::Brush viewer/></div>
            <grid::Grid viewer scroller/>
            <footer::Footer viewer/>
        </div>
    }
}

/// Views of the trace, and what there is to do with this one.
#[component]
fn Toolbar(viewer: Viewer) -> impl IntoView {
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
            <tools::Tools viewer/>
        </div>
    }
}
