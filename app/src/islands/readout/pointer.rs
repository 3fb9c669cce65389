//! What a mouse or a finger does: pointing reads a bucket, a click goes to its traces, dragging chooses a range to zoom
//! into. A finger chooses what is read, and finds a link there: nothing opens under a thumb that only wanted to look.

use leptos::ev::PointerEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

use super::Reader;
use super::cursor::Cursor;

/// A hand that clicks moves a little.
const DRAG_PIXELS_MIN: i32 = 5;

/// Where the mouse button went down.
#[derive(Debug, Clone, Copy)]
pub(super) struct Press {
    x: i32,
    bucket: usize,
}

pub(super) fn moved(reader: Reader, event: &PointerEvent) {
    let touches = is_touch(event);
    // A finger that scrolls the page is cancelled before it gets far.
    if touches && !reader.held.get_untracked() {
        return;
    }
    let Some(bucket) = bucket(reader, event) else { return };
    let pressed = reader.pressed.get_value().filter(|_| !touches);
    let is_choosing = reader.cursor.with_untracked(|cursor| cursor.is_some_and(|cursor| cursor.anchor.is_some()));
    let anchor = pressed
        .filter(|pressed| is_choosing || (event.client_x() - pressed.x).abs() >= DRAG_PIXELS_MIN)
        .map(|pressed| pressed.bucket);
    let part = if anchor.is_none() { part(reader, event) } else { None };
    show(reader, Cursor { bucket, part, anchor });
}

pub(super) fn down(reader: Reader, event: &PointerEvent) {
    if event.button() != 0 || !event.is_primary() || is_link(event) {
        return;
    }
    let Some(bucket) = bucket(reader, event) else { return };
    show(reader, Cursor { bucket, part: part(reader, event), anchor: None });
    if is_touch(event) {
        reader.held.set(true);
        request_animation_frame(move || bring_into_sight(reader));
        return;
    }
    reader.held.set(false);
    reader.pressed.set_value(Some(Press { x: event.client_x(), bucket }));
    if let Some(layer) = reader.layer.get_untracked() {
        // Refused only for a pointer that is gone; dragging then ends at the edge of the chart.
        let _ = layer.set_pointer_capture(event.pointer_id());
    }
}

pub(super) fn up(reader: Reader, event: &PointerEvent) {
    let Some(pressed) = reader.pressed.get_value() else { return };
    reader.pressed.set_value(None);
    let Some(cursor) = reader.cursor.get_untracked() else { return };
    let readings = reader.readings.get_untracked();
    if let Some((first, last)) = cursor.chosen() {
        return reader.zoom(&readings, first, last);
    }
    let cursor = Cursor { bucket: pressed.bucket, ..cursor };
    if event.ctrl_key() || event.meta_key() {
        // Refused by a browser that lets nothing open.
        let _ = readings.traces_href(cursor).map(|href| window().open_with_url_and_target(&href, "_blank"));
    } else {
        reader.open(&readings, cursor);
    }
}

pub(super) fn left(reader: Reader, event: &PointerEvent) {
    if !is_touch(event) && reader.pressed.get_value().is_none() {
        reader.end();
    }
}

/// What was read by a tap may lie below the end of a small screen, or under its bar of tabs.
fn bring_into_sight(reader: Reader) {
    /// Height of that bar.
    const BAR_PIXELS: f64 = 64.0;
    let tip = reader.layer.get_untracked().and_then(|layer| layer.query_selector(".tip").ok().flatten());
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(f64::MAX);
    if let Some(tip) = tip.filter(|tip| tip.get_bounding_client_rect().bottom() > height - BAR_PIXELS) {
        tip.scroll_into_view_with_bool(false);
    }
}

fn show(reader: Reader, cursor: Cursor) {
    if reader.cursor.get_untracked() != Some(cursor) {
        reader.cursor.set(Some(cursor));
    }
}

/// The bucket under the pointer; `None` over a link of the read-out, or when there is nothing to read.
fn bucket(reader: Reader, event: &PointerEvent) -> Option<usize> {
    if is_link(event) {
        return None;
    }
    if !reader.is_in_use() {
        reader.begin();
    }
    let area = reader.layer.get_untracked()?.get_bounding_client_rect();
    let place = (f64::from(event.client_x()) - area.left()) / area.width().max(1.0);
    reader.readings.with_untracked(|readings| (readings.buckets > 0).then(|| readings.bucket_at(place)))
}

/// The part whose shape lies under the pointer. Shapes are numbered from the bottom, the read-out begins at the top.
fn part(reader: Reader, event: &PointerEvent) -> Option<usize> {
    let found = document().elements_from_point(event.client_x() as f32, event.client_y() as f32);
    let mut shapes = found.iter().filter_map(|element| element.dyn_into::<Element>().ok()?.get_attribute("data-part"));
    let from_below: usize = shapes.next()?.parse().ok()?;
    reader.readings.with_untracked(|readings| readings.parts.len().checked_sub(from_below + 1))
}

fn is_touch(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

fn is_link(event: &PointerEvent) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest("a").is_ok_and(|link| link.is_some()))
}
