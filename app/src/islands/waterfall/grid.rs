//! The waterfall as a grid that draws only the rows in sight.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use model::trace::waterfall::FoldBase;
use model::trace::waterfall::axis::ticks;

use super::bars::moment_style;
use super::in_sight;
use super::row::WaterfallRow;
use super::url_folds::UrlFolds;
use super::viewer::{Drawn, Viewer};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, number};

/// Labels on the time axis: more would touch each other beside the drawer.
const TICKS_MAX: usize = 6;

/// Share of the axis kept free before its end, where the end is labelled itself.
const END_LABEL_SHARE: f64 = 0.9;

/// Head, rows in sight, and the way to further rows without JavaScript.
#[component]
pub fn Grid(
    /// Who looks at it.
    viewer: Viewer,
    /// The scrolling element, for the keys.
    scroller: NodeRef<Div>,
) -> impl IntoView {
    Effect::new(move |_| {
        // Hydrated: scroll to where the server began, then follow the reader.
        if let Some(element) = scroller.get() {
            in_sight::measure(viewer, &element);
            in_sight::scroll_to(viewer, &element, viewer.window.with_untracked(|window| window.start));
            if viewer.url.with_untracked(|url| url.span.is_some()) {
                in_sight::bring(viewer, &element, viewer.active.get_untracked());
            }
            in_sight::draw(viewer, &element);
        }
    });
    let resized = window_event_listener(ev::resize, move |_| {
        if let Some(element) = scroller.get_untracked() {
            in_sight::measure(viewer, &element);
            in_sight::draw(viewer, &element);
        }
    });
    on_cleanup(move || resized.remove());
    let follow = move |_| {
        if let Some(element) = scroller.get_untracked() {
            in_sight::draw(viewer, &element);
        }
    };
    let room = move || {
        let (above, below) = viewer.room();
        format!("--above:{above};--below:{below}")
    };
    view! {
        <div
            class="wf"
            role="treegrid"
            aria-label="Spans"
            aria-rowcount=move || (viewer.visible_rows() + 1).to_string()
            aria-colcount="4"
        >
            <div class="wf-scroll" role="presentation" node_ref=scroller on:scroll=follow>
                <Head viewer/>
                <div class="wf-body" role="rowgroup" style=room>
                    <GridLines viewer/>
                    <For
                        each=move || viewer.drawn()
                        key=|drawn| (drawn.index, drawn.row.is_some())
                        children=move |drawn| drawn_row(drawn, viewer)
                    />
                </div>
                <FurtherRows viewer/>
            </div>
        </div>
    }
}

fn drawn_row(drawn: Drawn, viewer: Viewer) -> AnyView {
    match drawn.row {
        Some(row) => view! { <WaterfallRow row viewer/> }.into_any(),
        None => view! { <div class="wf-row waiting" role="row" aria-busy="true"><span class="skel"></span></div> }
            .into_any(),
    }
}

/// Column heads and the time axis.
#[component]
fn Head(viewer: Viewer) -> impl IntoView {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let end = duration::nanos(extent.duration_ns);
    let labels = ticks(extent.duration_ns, TICKS_MAX)
        .into_iter()
        .filter(|tick| extent.fraction(*tick) < END_LABEL_SHARE)
        .map(|tick| {
            let text = if tick == 0 { "0".to_owned() } else { duration::nanos(tick) };
            view! { <span style=moment_style(extent, tick)>{text}</span> }
        })
        .collect_view();
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
                <i class="rz"></i>
            </div>
            <div class="wf-c num" role="columnheader">"Self"</div>
            <div class="wf-c num" role="columnheader">"Subtree"</div>
            <div class="wf-t axis" role="columnheader" aria-label=format!("Time from 0 to {end}")>
                {labels}
                <span class="last" style="left:100%">{end.clone()}</span>
            </div>
        </div>
    }
}

/// The ticks of the axis, drawn through all rows.
#[component]
fn GridLines(viewer: Viewer) -> impl IntoView {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let lines =
        ticks(extent.duration_ns, TICKS_MAX).into_iter().map(|tick| view! { <i style=moment_style(extent, tick)></i> });
    view! {
        <div class="gl" aria-hidden="true">
            {lines.collect_view()} <i class="last"></i>
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
