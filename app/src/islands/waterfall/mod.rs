//! The waterfall: folds, scrolls, selects and steps through the rows of a trace without asking for the page again.
//!
//! The server lays the trace out ([`model::trace::waterfall`]) and sends what is seen first ([`sheet::Sheet`]); `viewer`
//! keeps what the reader does to it and asks for further rows. What is opened, folded and coloured is in the URL
//! ([`links`]). The drawer of an opened span is HTML from the server (`drawer`).

use leptos::html::Div;
use leptos::prelude::*;

use self::links::TraceUrl;
use self::sheet::Sheet;
use self::tab::Tab;
use self::toolbar::{PANEL_ID, Toolbar, tab_id};
use self::viewer::Viewer;
use super::packed::Packed;

mod ahead;
mod answers;
pub mod api;
pub mod bars;
mod brush;
mod drawer;
mod drawn;
mod find;
mod footer;
mod grid;
mod gutter;
mod in_sight;
mod keys;
pub mod limit;
pub mod links;
pub mod look;
mod pace;
pub mod row;
mod rows;
mod scroll;
pub mod sheet;
mod shown;
pub mod tab;
pub mod toolbar;
mod tools;
mod touch;
pub mod url_folds;
mod viewer;
pub mod waste;

/// Views and colours, the strip of the whole trace, the rows.
#[island]
pub fn Waterfall(
    /// What the server laid out.
    sheet: Packed<Sheet>,
    /// What the URL says.
    url: Packed<TraceUrl>,
    /// The strip of the whole trace.
    children: Children,
) -> impl IntoView {
    let viewer = Viewer::new(sheet.0, url.0);
    let scroller = NodeRef::<Div>::new();
    let model_calls = viewer.sheet.with_value(|sheet| sheet.model_calls);
    keys::listen(viewer, scroller);
    drawer::follow(viewer);
    view! {
        <div
            class="tmain"
            class:has-gutter=viewer.has_gutter()
            data-color=move || if viewer.url.with(|url| url.by_cost) { "cost" } else { "service" }
            data-no-path=move || viewer.url.with(|url| url.look.no_path).then_some("")
        >
            <Toolbar trace_id=viewer.trace_id url=viewer.url model_calls tools=view! { <tools::Tools viewer/> }.into_any()/>
            <div class="tpanel" id=PANEL_ID role="tabpanel" aria-labelledby=tab_id(Tab::Waterfall)>
                <find::FindNote viewer/>
                <div class="mini-wrap">{children()} <brush::Brush viewer/></div>
                <grid::Grid viewer scroller/>
                <footer::Footer viewer/>
            </div>
        </div>
    }
}
