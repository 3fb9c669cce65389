//! What a row does when it is clicked or comes into focus. The rows share one listener: there are many, and they come and go with
//! every turn of the wheel.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

use super::viewer::Viewer;

/// What every row's id begins with; its index comes after.
pub const ROW_ID: &str = "row-";

/// Goes to the row that was clicked.
pub fn click(viewer: Viewer, event: &ev::MouseEvent) {
    // A modified click is the browser's own: open the link elsewhere.
    if event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    if let Some(row) = row_of(event).and_then(|index| viewer.row(index)) {
        event.prevent_default();
        if is_within(event, ".caret") && row.descendants > 0 {
            viewer.toggle(&row);
            return;
        }
        viewer.active.set(row.index);
        viewer.enter(&row);
    }
}

/// The row in focus is the one to come back to.
pub fn focus(viewer: Viewer, event: &ev::FocusEvent) {
    if let Some(index) = row_of(event) {
        viewer.active.set(index);
    }
}

/// Index of the row an event is about.
fn row_of(event: &web_sys::Event) -> Option<usize> {
    around(event, ".wf-row")?.id().strip_prefix(ROW_ID)?.parse().ok()
}

fn is_within(event: &web_sys::Event, what: &str) -> bool {
    around(event, what).is_some()
}

fn around(event: &web_sys::Event, what: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(what).ok()?
}
