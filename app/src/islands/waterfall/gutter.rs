//! The whole trace beside its rows: copper for cost, red for errors, amber for what was found, blue for what is in sight.

use leptos::ev::PointerEvent;
use leptos::html::Div;
use leptos::prelude::*;

use super::in_sight;
use super::viewer::Viewer;

/// Rows from which on there is a gutter: fewer are seen at once.
pub const GUTTER_ROWS_MIN: usize = 60;

/// Least height of what is in sight, as a part of the whole: thinner could not be seen.
const SIGHT_MIN: f64 = 0.012;

/// How wide marks are, of a hundred: what was found leaves room for what it costs, and nothing hides an error.
const FAILED_WIDTH: u8 = 100;
const FOUND_WIDTH: u8 = 40;

/// Steps as marks; a click or a drag goes there. For eyes and hands alone: rows say the same.
#[component]
pub fn Gutter(
    /// Who looks at the trace.
    viewer: Viewer,
    /// The scrolled element.
    scroller: NodeRef<Div>,
) -> impl IntoView {
    let (gutter, rows) = viewer.sheet.with_value(|sheet| (sheet.gutter.clone(), sheet.rows_total));
    let steps = gutter.costs.len().max(1);
    let costs: String =
        (0..).zip(&gutter.costs).filter(|(_, cost)| **cost > 0).map(|(step, cost)| cell(step, *cost)).collect();
    let failed = marks(&gutter.failed, FAILED_WIDTH);
    let found = move || {
        viewer.found.with(|found| match found {
            Some(Ok(found)) => marks(&found.steps, FOUND_WIDTH),
            _ => String::new(),
        })
    };
    let sight = move || {
        let sight = viewer.sight.get();
        let (first, last) = viewer.folds.with(|folds| (folds.index_at(sight.start), folds.index_at(sight.end)));
        let part = |row: usize| (row as f64 / rows.max(1) as f64).min(1.0);
        let height = (part(last) - part(first)).max(SIGHT_MIN);
        format!("top:{:.2}%;height:{:.2}%", part(first).min(1.0 - height) * 100.0, height * 100.0)
    };
    let layer = NodeRef::<Div>::new();
    let go = move |event: &PointerEvent| {
        let (Some(layer), Some(scroller)) = (layer.get_untracked(), scroller.get_untracked()) else { return };
        let within = layer.get_bounding_client_rect();
        let part = ((f64::from(event.client_y()) - within.top()) / within.height().max(1.0)).clamp(0.0, 1.0);
        // Not negative, so it fits.
        let row = (part * rows.saturating_sub(1) as f64) as usize;
        let half = viewer.sight.with_untracked(|sight| sight.len() / 2);
        let place = viewer.folds.with_untracked(|folds| folds.place_of(row));
        in_sight::scroll_to(viewer, &scroller, place.saturating_sub(half));
    };
    let down = move |event: PointerEvent| {
        if let Some(layer) = layer.get_untracked().filter(|_| event.button() == 0) {
            // Refused only for a pointer that is gone.
            let _ = layer.set_pointer_capture(event.pointer_id());
            go(&event);
        }
    };
    let moved = move |event: PointerEvent| {
        if event.buttons() & 1 != 0 {
            go(&event);
        }
    };
    view! {
        <div class="gutter" aria-hidden="true" node_ref=layer on:pointerdown=down on:pointermove=moved>
            <svg viewBox=format!("0 0 100 {steps}") preserveAspectRatio="none">
                <path class="g-cost" d=costs></path>
                <path class="g-hit" d=found></path>
                <path class="g-err" d=failed></path>
            </svg>
            <i class="win" style=sight></i>
        </div>
    }
}

/// A step as wide as what it costs, from the right.
fn cell(step: usize, cost: u8) -> String {
    format!("M100 {step}h-{cost}v0.8h{cost}z")
}

/// Steps as wide as told, from the left.
fn marks(steps: &[usize], width: u8) -> String {
    steps.iter().map(|step| format!("M0 {step}h{width}v1h-{width}z")).collect()
}
