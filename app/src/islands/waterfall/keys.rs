//! The trace page by keyboard.
//!
//! Letters work anywhere on the page, arrows and Home or End only while a row has the focus, so that they keep scrolling
//! elsewhere. Every key moves the one row with the focus; an open drawer follows it.

use leptos::ev::{self, KeyboardEvent};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use model::trace::waterfall::{RowKind, Zoom};
use web_sys::HtmlElement;

use super::in_sight;
use super::links::TraceUrl;
use super::tools::FILTER_ID;
use super::touch::ROW_ID;
use super::viewer::Viewer;
use crate::browser::{keys, to_clipboard};

/// Listens while the page is open.
pub fn listen(viewer: Viewer, scroller: NodeRef<Div>) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            if !keys::is_typing(&event) && keys::are_on() && press(viewer, scroller, &event) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
    // A row that was far away gets its focus when it has arrived.
    Effect::new(move |_| {
        if viewer.drawn().iter().any(|drawn| Some(drawn.index) == viewer.wanted.get_value()) {
            request_animation_frame(move || take_focus(viewer));
        }
    });
}

/// Does what the key says; whether it meant anything here.
fn press(viewer: Viewer, scroller: NodeRef<Div>, event: &KeyboardEvent) -> bool {
    let in_rows = is_on_row(event);
    let go = |index: Option<usize>| {
        if let Some(index) = index {
            focus(viewer, scroller, index);
        }
        true
    };
    match event.key().as_str() {
        "j" => go(beside(viewer, 1)),
        "k" => go(beside(viewer, -1)),
        "ArrowDown" if in_rows => go(beside(viewer, 1)),
        "ArrowUp" if in_rows => go(beside(viewer, -1)),
        "Home" if in_rows => go(Some(0)),
        "End" if in_rows => go(Some(
            viewer.folds.with_untracked(|folds| folds.index_at(untrack(|| viewer.visible_rows()).saturating_sub(1))),
        )),
        "ArrowRight" | "ArrowLeft" if in_rows && event.shift_key() => {
            let row = untrack(|| viewer.row(viewer.active.get()));
            if let Some(row) = row.filter(|row| row.descendants > 0) {
                viewer.toggle_branch(&row, event.key() == "ArrowLeft");
            }
            true
        }
        "ArrowRight" if in_rows => go(unfold_or_enter(viewer)),
        "ArrowLeft" if in_rows => go(fold_or_leave(viewer)),
        "Enter" if in_rows => {
            let row = untrack(|| viewer.row(viewer.active.get()));
            if let Some(row) = row {
                viewer.enter(&row);
            }
            true
        }
        "Escape" if viewer.url.with_untracked(|url| url.span.is_some()) => {
            viewer.open(None);
            go(Some(viewer.active.get_untracked()))
        }
        "e" => go(viewer.sheet.with_value(|sheet| next_of(&sheet.failed_rows, viewer, true))),
        "E" => go(viewer.sheet.with_value(|sheet| next_of(&sheet.failed_rows, viewer, false))),
        "p" => go(viewer.sheet.with_value(|sheet| next_of(&sheet.critical_rows, viewer, true))),
        "P" => go(viewer.sheet.with_value(|sheet| next_of(&sheet.critical_rows, viewer, false))),
        "+" | "=" => zoom(viewer, Some(0.5)),
        "-" => zoom(viewer, Some(2.0)),
        "0" => zoom(viewer, None),
        "f" => open_filter(),
        "$" => go(viewer.sheet.with_value(|sheet| sheet.dearest_row)),
        "c" => {
            let url = viewer.url.get_untracked();
            viewer.go(&TraceUrl { by_cost: !url.by_cost, ..url }, true);
            true
        }
        "y" => {
            let span = viewer.url.with_untracked(|url| url.span);
            to_clipboard(&span.map_or_else(|| viewer.trace_id.to_string(), |span| span.to_string()));
            true
        }
        _ => false,
    }
}

fn is_on_row(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|target| target.closest(".wf-row").ok().flatten().is_some())
}

/// The visible row `step` rows on; stays within the trace.
fn beside(viewer: Viewer, step: isize) -> Option<usize> {
    let visible = untrack(|| viewer.visible_rows());
    let active = viewer.active.get_untracked();
    viewer.folds.with_untracked(|folds| {
        let place = folds.place_of(active).saturating_add_signed(step);
        (place < visible).then(|| folds.index_at(place))
    })
}

/// Opens a folded row, else goes to its first child.
fn unfold_or_enter(viewer: Viewer) -> Option<usize> {
    let row = untrack(|| viewer.row(viewer.active.get()))?;
    if viewer.folds.with_untracked(|folds| folds.is_folded(row.index)) {
        viewer.toggle(&row);
        return Some(row.index);
    }
    (row.descendants > 0).then_some(row.index + 1)
}

/// Folds an open row, else goes to the row it stands below.
fn fold_or_leave(viewer: Viewer) -> Option<usize> {
    let row = untrack(|| viewer.row(viewer.active.get()))?;
    if row.descendants > 0 && !viewer.folds.with_untracked(|folds| folds.is_folded(row.index)) {
        viewer.toggle(&row);
        return Some(row.index);
    }
    row.parent
}

/// The next of these rows after the active one, or the one before it; goes round at the ends.
fn next_of(rows: &[usize], viewer: Viewer, forward: bool) -> Option<usize> {
    let active = viewer.active.get_untracked();
    let found = if forward {
        rows.iter().find(|row| **row > active).or(rows.first())
    } else {
        rows.iter().rev().find(|row| **row < active).or(rows.last())
    };
    found.copied()
}

/// Shows so many times as much of the time, around the middle of the row that has the keyboard if that is to be seen; or all of it.
fn zoom(viewer: Viewer, times: Option<f64>) -> bool {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let Some(times) = times else {
        viewer.zoom_to(Zoom::whole(extent));
        return true;
    };
    let now = viewer.zoom.get_untracked();
    let row = untrack(|| viewer.row(viewer.active.get()));
    let middle = row.and_then(|row| match &row.kind {
        RowKind::Span(span) => Some(span.offset_ns + span.duration_ns / 2),
        RowKind::MissingParent(_) | RowKind::Similar(_) => None,
    });
    let around =
        middle.filter(|at| (now.from_ns..=now.to_ns).contains(at)).unwrap_or(now.from_ns + now.duration_ns() / 2);
    viewer.zoom_to(now.scaled(extent, times, around));
    true
}

/// Opens the filter and goes to its first field.
fn open_filter() -> bool {
    let Some(filter) = document().get_element_by_id(FILTER_ID) else { return false };
    // Fails only for a name no attribute can have.
    let _ = filter.set_attribute("open", "");
    let field = filter.query_selector("input:not([type=hidden])").ok().flatten();
    let field = field.and_then(|field| field.dyn_into::<HtmlElement>().ok());
    field.is_some_and(|field| field.focus().is_ok())
}

/// Gives the keyboard back to the row that had it.
pub fn return_to_row(viewer: Viewer) {
    viewer.wanted.set_value(Some(viewer.active.get_untracked()));
    take_focus(viewer);
}

/// Gives a row the focus: unfolds what hides it, scrolls it into sight, and lets an open drawer follow.
fn focus(viewer: Viewer, scroller: NodeRef<Div>, index: usize) {
    viewer.bring(index);
    let element = scroller.get_untracked();
    if let Some(element) = &element {
        in_sight::bring(viewer, element, index);
    }
    viewer.wanted.set_value(Some(index));
    request_animation_frame(move || {
        // What was unfolded for it had no height before: scrolling ended where the rows did.
        if let (Some(element), true) = (element, viewer.wanted.try_get_value().flatten() == Some(index)) {
            in_sight::bring(viewer, &element, index);
        }
        take_focus(viewer);
    });
}

/// Focuses the wanted row once it is drawn, and lets an open drawer follow.
fn take_focus(viewer: Viewer) {
    // The page may be gone by the time a frame is drawn.
    let Some(index) = viewer.wanted.try_get_value().flatten() else { return };
    let element = document().get_element_by_id(&format!("{ROW_ID}{index}"));
    let Some(element) = element.and_then(|row| row.dyn_into::<HtmlElement>().ok()) else { return };
    let _ = element.focus();
    viewer.wanted.set_value(None);
    let opened = viewer.url.with_untracked(|url| url.span);
    let arrived = untrack(|| viewer.row(index)).and_then(|row| row.span_id());
    if opened.is_some() && arrived.is_some() && arrived != opened {
        viewer.open(arrived);
    }
}
