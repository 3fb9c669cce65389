//! What is beside the views of the trace: search, filter by weight, colours, the critical path.

use leptos::ev::{Event, MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use model::trace::waterfall::{FoldBase, Least, Share};
use web_sys::Element;

use super::find::{FindField, OtherFields};
use super::links::TraceUrl;
use super::look::Look;
use super::url_folds::UrlFolds;
use super::viewer::Viewer;
use crate::components::icon::{Glyph, Icon, Size};

/// What the filter is called for the key that opens it.
pub const FILTER_ID: &str = "least";

/// Levels offered by name; deeper ones are unfolded row by row.
const LEVELS: std::ops::RangeInclusive<u32> = 1..=6;

/// Everything right of the tabs.
#[component]
pub fn Tools(
    /// Who looks at the trace.
    viewer: Viewer,
) -> impl IntoView {
    let by_cost = move || viewer.url.with(|url| url.by_cost);
    let colour = move |by_cost: bool| move || TraceUrl { by_cost, ..viewer.url.get() }.href(viewer.trace_id);
    let no_path = move || viewer.url.with(|url| url.look.no_path);
    let path = move || {
        let url = viewer.url.get();
        let look = Look { no_path: !url.look.no_path, ..url.look.clone() };
        TraceUrl { look, ..url }.href(viewer.trace_id)
    };
    view! {
        <div class="tbar-tools">
            <FindField viewer/>
            <Filter viewer/>
            <span class="lbl only-wide">"Colour"</span>
            <nav class="seg only-wide" aria-label="Colour bars by">
                <a href=colour(false) class:on=move || !by_cost() aria-current=move || (!by_cost()).then_some("true")>"Service"</a>
                <a href=colour(true) class:on=by_cost aria-current=move || by_cost().then_some("true")>"Cost"</a>
            </nav>
            <a class="toggle path-toggle only-wide" href=path aria-current=move || (!no_path()).then_some("true")>
                "Critical path"
                <span></span>
            </a>
        </div>
    }
}

/// Shows only what weighs: a form, so that it works without JavaScript.
#[component]
fn Filter(viewer: Viewer) -> impl IntoView {
    let least = move || viewer.url.with(|url| url.look.least);
    let said = |share: Option<Share>| share.map(|share| share.to_string()).unwrap_or_default();
    let clear = move || {
        let url = viewer.url.get();
        url.with_look(Look { least: Least::default(), ..url.look.clone() }).href(viewer.trace_id)
    };
    view! {
        <details class="picker" id=FILTER_ID>
            <summary class="picker__now" class:on=move || !least().is_none() title="Show only what weighs (f)">
                <Icon glyph=Glyph::Filter size=Size::Medium/>
                "Filter"
            </summary>
            <form class="menu picker__menu picker__form least" action=format!("/traces/{}", viewer.trace_id) on:submit=|event: SubmitEvent| close(event.into())>
                <OtherFields viewer leaving_out=&["min_time", "min_cost", "at"]/>
                <p class="muted">"Show spans with at least"</p>
                <label>
                    <span>"% of the time, or"</span>
                    <input class="input" name="min_time" inputmode="decimal" autocomplete="off" value=move || said(least().time)/>
                </label>
                <label>
                    <span>"% of the money"</span>
                    <input class="input" name="min_cost" inputmode="decimal" autocomplete="off" value=move || said(least().cost)/>
                </label>
                <p class="muted">"and what they stand below."</p>
                <div class="row gap-1">
                    <button type="submit" class="btn primary">"Show"</button>
                    <a class="btn" href=clear on:click=|event: MouseEvent| close(event.into())>"Show all"</a>
                </div>
            </form>
        </details>
    }
}

/// Folds everything below a level.
#[component]
pub fn FoldMenu(
    /// Who looks at the trace.
    viewer: Viewer,
) -> impl IntoView {
    let levels = LEVELS.map(|level| {
        let href = move || {
            viewer.url.get().with_folds(UrlFolds::only(FoldBase::Level(level))).href(viewer.trace_id)
        };
        view! { <a href=href on:click=|event: MouseEvent| close(event.into())>{format!("Fold below level {level}")}</a> }
    });
    view! {
        <details class="picker fold-menu">
            <summary class="ibtn xs" aria-label="Fold to a level" title="Fold to a level">
                <Icon glyph=Glyph::CaretDown size=Size::Small/>
            </summary>
            <div class="menu picker__menu">{levels.collect_view()}</div>
        </details>
    }
}

/// A menu that has been used is closed.
fn close(event: Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(details) = target.and_then(|target| target.closest("details").ok().flatten()) {
        // Fails only for a name no attribute can have.
        let _ = details.remove_attribute("open");
    }
}
