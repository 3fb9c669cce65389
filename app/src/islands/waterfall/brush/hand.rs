//! The hand on the brush: what a drag over the strip, or of an end of the brush, chooses.

use leptos::ev::PointerEvent;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use model::trace::waterfall::Zoom;
use web_sys::Element;

use super::End;
use crate::islands::waterfall::viewer::Viewer;

/// A hand that clicks moves a little.
const DRAG_PIXELS_MIN: i32 = 4;

/// What a drag moves.
#[derive(Debug, Clone, Copy)]
struct Drag {
    /// The end that stays, in nanoseconds after the start of the trace.
    anchor_ns: i64,
    /// Where it began.
    x: i32,
    /// An end was taken, so that it moves at once.
    of_end: bool,
}

/// A mouse or a finger over the strip.
#[derive(Clone, Copy)]
pub struct Hand {
    viewer: Viewer,
    /// The element it is over, as wide as the trace is long.
    pub layer: NodeRef<Div>,
    drag: StoredValue<Option<Drag>>,
}

impl Hand {
    /// A hand that does nothing yet.
    pub fn of(viewer: Viewer) -> Self {
        Self { viewer, layer: NodeRef::new(), drag: StoredValue::new(None) }
    }

    /// Takes an end, or begins to choose.
    pub fn down(&self, event: &PointerEvent) {
        let Some(at) = self.moment(event).filter(|_| event.button() == 0 && event.is_primary()) else { return };
        let zoom = self.viewer.zoom.get_untracked();
        let (anchor_ns, of_end) = match end_of(event) {
            Some(End::From) => (zoom.to_ns, true),
            Some(End::To) => (zoom.from_ns, true),
            None => (at, false),
        };
        self.drag.set_value(Some(Drag { anchor_ns, x: event.client_x(), of_end }));
        if let Some(layer) = self.layer.get_untracked() {
            // Refused only for a pointer that is gone.
            let _ = layer.set_pointer_capture(event.pointer_id());
        }
    }

    /// Shows what would be chosen.
    pub fn moved(&self, event: &PointerEvent) {
        let Some((drag, at)) = self.drag.get_value().zip(self.moment(event)) else { return };
        if drag.of_end || (event.client_x() - drag.x).abs() >= DRAG_PIXELS_MIN {
            let extent = self.viewer.sheet.with_value(|sheet| sheet.extent);
            self.viewer.spent_within.set(None);
            self.viewer.zoom.set(Zoom::within(extent, drag.anchor_ns, at));
        }
    }

    /// Chooses what is shown.
    pub fn up(&self) {
        if self.drag.get_value().is_some() {
            self.drag.set_value(None);
            self.viewer.zoom_to(self.viewer.zoom.get_untracked());
        }
    }

    /// The moment it points at, in nanoseconds after the start of the trace.
    fn moment(&self, event: &PointerEvent) -> Option<i64> {
        let within = self.layer.get_untracked()?.get_bounding_client_rect();
        let part = (f64::from(event.client_x()) - within.left()) / within.width().max(1.0);
        let duration_ns = self.viewer.sheet.with_value(|sheet| sheet.extent.duration_ns);
        Some((part.clamp(0.0, 1.0) * duration_ns as f64) as i64)
    }
}

/// The end that was pressed, if it was one.
fn end_of(event: &PointerEvent) -> Option<End> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let handle = target.closest(".h").ok().flatten()?;
    Some(if handle.class_list().contains("l") { End::From } else { End::To })
}
