//! The waterfall as a grid that draws only the rows in sight.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use model::trace::waterfall::axis::ticks_between;
use model::trace::waterfall::{FoldBase, Zoom};

use super::gutter::Gutter;
use super::in_sight;
use super::rows::Rows;
use super::tools::FoldMenu;
use super::touch;
use super::url_folds::UrlFolds;
use super::viewer::Viewer;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, number};

/// Labels on the time axis: more would touch each other beside the drawer.
const TICKS_MAX: usize = 6;

/// Share of the axis kept free before its end, where the end is labelled itself.
const END_LABEL_SHARE: f64 = 0.86;

/// The same where the end is not labelled: a label begins at its tick.
const LAST_LABEL_SHARE: f64 = 0.94;

/// Head, rows in sight, and the way to further rows without JavaScript.
#[component]
pub fn Grid(
    /// Who looks at it.
    viewer: Viewer,
    /// The scrolling element, for the keys.
    scroller: NodeRef<Div>,
) -> impl IntoView {
    follow_reader(viewer, scroller);
    let follow = move |_| {
        if let Some(element) = scroller.get_untracked() {
            in_sight::draw(viewer, &element);
        }
    };
    let room = move || {
        // Properties of the body alone: with variables every row would be styled anew whenever they change.
        let (above, below) = viewer.room();
        format!("padding-block:calc({above} * var(--row)) calc({below} * var(--row))")
    };
    view! {
        <div class="gutter-wrap">
        <div
            class="wf"
            data-zoomed=move || viewer.is_zoomed().then_some("")
            role="treegrid"
            aria-label="Spans"
            aria-rowcount=move || (viewer.visible_rows() + 1).to_string()
            aria-colcount="4"
        >
            <div class="wf-scroll" role="presentation" node_ref=scroller on:scroll=follow>
                <Head viewer/>
                <div
                    class="wf-body"
                    role="rowgroup"
                    style=room
                    on:click=move |event| touch::click(viewer, &event)
                    on:focusin=move |event| touch::focus(viewer, &event)
                >
                    <GridLines viewer/>
                    <Rows viewer/>
                </div>
                <FurtherRows viewer/>
            </div>
        </div>
        {viewer.has_gutter().then(|| view! { <Gutter viewer scroller/> })}
        </div>
    }
}

/// Keeps the rows that are drawn where the reader is, and goes to rows that are wanted.
fn follow_reader(viewer: Viewer, scroller: NodeRef<Div>) {
    Effect::new(move |_| {
        // Hydrated: scroll to where the server began, then follow the reader.
        if let Some(element) = scroller.get() {
            in_sight::measure(viewer, &element);
            in_sight::scroll_to(viewer, &element, viewer.window.with_untracked(|window| window.start));
            if viewer.sheet.with_value(|sheet| sheet.shown_row.is_some()) {
                in_sight::bring(viewer, &element, viewer.active.get_untracked());
            }
            in_sight::draw(viewer, &element);
        }
    });
    Effect::new(move |_| {
        if let (Some(index), Some(element)) = (viewer.wanted_in_sight.get(), scroller.get()) {
            // Folds that were opened for it make room only when they are drawn.
            request_animation_frame(move || {
                in_sight::bring(viewer, &element, index);
                in_sight::draw(viewer, &element);
            });
        }
    });
    Effect::new(move |before: Option<Zoom>| {
        let zoom = viewer.zoom.get();
        if let (true, Some(element)) = (before.is_some_and(|before| before != zoom), scroller.get_untracked()) {
            in_sight::follow_zoom(viewer, &element);
        }
        zoom
    });
    let resized = window_event_listener(ev::resize, move |_| {
        if let Some(element) = scroller.get_untracked() {
            in_sight::measure(viewer, &element);
            in_sight::draw(viewer, &element);
        }
    });
    on_cleanup(move || resized.remove());
}

/// Column heads and the time axis.
#[component]
fn Head(viewer: Viewer) -> impl IntoView {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let end = move || {
        let zoom = viewer.zoom.get();
        if zoom.to_ns == extent.duration_ns { duration::nanos(zoom.to_ns) } else { String::new() }
    };
    let name = move || {
        let zoom = viewer.zoom.get();
        format!("Time from {} to {}", duration::nanos(zoom.from_ns), duration::nanos(zoom.to_ns))
    };
    let labels = move || {
        let zoom = viewer.zoom.get();
        // Where the end is not labelled itself, ticks may come nearer to it.
        let free = if zoom.to_ns == extent.duration_ns { END_LABEL_SHARE } else { LAST_LABEL_SHARE };
        let (step, ticks) = ticks_between(zoom.from_ns, zoom.to_ns, TICKS_MAX);
        let ticks = ticks.into_iter().filter(|tick| zoom.fraction(*tick) < free);
        ticks
            .map(|tick| view! { <span style=tick_style(zoom, tick)>{duration::tick(tick, step)}</span> })
            .collect_view()
    };
    let folded = move |base| move || viewer.url.get().with_folds(UrlFolds::only(base)).href(viewer.trace_id);
    let (unfold, fold) = (folded(FoldBase::Nothing), folded(FoldBase::Overview));
    view! {
        <div class="wf-row head" role="row" aria-rowindex="1">
            <div class="wf-name" role="columnheader">
                <span class="grow">"Operation"</span>
                <a class="ibtn xs" href=unfold aria-label="Unfold everything" title="Unfold everything">
                    <Icon glyph=Glyph::Expand size=Size::Small/>
                </a>
                <a class="ibtn xs" href=fold aria-label="Fold everything" title="Fold everything">
                    <Icon glyph=Glyph::Shrink size=Size::Small/>
                </a>
                <FoldMenu viewer/>
                <i class="rz"></i>
            </div>
            <div class="wf-c num" role="columnheader">"Self"</div>
            <div class="wf-c num" role="columnheader">"Subtree"</div>
            <div class="wf-t axis" role="columnheader" aria-label=name>
                {labels}
                <span class="last" style="left:100%">{end}</span>
            </div>
        </div>
    }
}

/// `left` of a moment on the axis.
fn tick_style(zoom: Zoom, tick: i64) -> String {
    format!("left:{:.3}%", zoom.fraction(tick) * 100.0)
}

/// The ticks of the axis, drawn through all rows.
#[component]
fn GridLines(viewer: Viewer) -> impl IntoView {
    let lines = move || {
        let zoom = viewer.zoom.get();
        let (_, ticks) = ticks_between(zoom.from_ns, zoom.to_ns, TICKS_MAX);
        ticks.into_iter().map(|tick| view! { <i style=tick_style(zoom, tick)></i> }).collect_view()
    };
    view! {
        <div class="gl" aria-hidden="true">
            {lines} <i class="last"></i>
        </div>
    }
}

/// Links to the rows before and after, for a browser that does not scroll by itself.
#[component]
fn FurtherRows(viewer: Viewer) -> impl IntoView {
    let total = untrack(|| viewer.visible_rows());
    let window = viewer.window.get_untracked();
    let url = viewer.url.get_untracked();
    let step = window.len().max(1);
    let to = |at: usize| super::links::TraceUrl { at, ..url.clone() }.href(viewer.trace_id);
    let before = (window.start > 0).then(|| to(window.start.saturating_sub(step)));
    let after = (window.end < total).then(|| to(window.end));
    if before.is_none() && after.is_none() {
        return ().into_any();
    }
    let shown = format!(
        "rows {} to {} of {}",
        number::count(window.start as i64 + 1),
        number::count(window.end as i64),
        number::count(total as i64)
    );
    view! {
        <nav class="wf-further" aria-label="Further rows">
            {before.map(|href| view! { <a class="btn" href=href rel="external">"Rows before"</a> })}
            <span class="muted tnum">{shown}</span>
            {after.map(|href| view! { <a class="btn" href=href rel="external">"Next rows"</a> })}
        </nav>
    }
    .into_any()
}
