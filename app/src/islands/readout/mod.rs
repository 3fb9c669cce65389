//! The figures under the pointer, or under the arrow keys; ranges that are zoomed into; the way to the traces behind both.
//!
//! [`readings`] is all there is to read, [`cursor`] what keys do to what is read, `pointer` what a mouse or a finger does,
//! `tip` how it is shown. The document holds the readings in a hidden element, so that newer figures reach the read-out
//! with the page.

use std::sync::Arc;

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Node;

use self::cursor::{Act, Cursor, press};
use self::pointer::Press;
use self::readings::Readings;
use crate::browser::visit;

pub mod cursor;
mod pointer;
pub mod readings;
mod tip;

/// What stands in the document for a read-out.
#[component]
pub fn ReadingsData(
    /// The id by which [`Readout`] finds it.
    id: &'static str,
    /// Everything there is to read.
    readings: Readings,
) -> impl IntoView {
    // Numbers and text always have a JSON form.
    let json = serde_json::to_string(&readings).unwrap_or_default();
    view! { <data id=id value=json hidden></data> }
}

/// What is read, and by what.
#[derive(Clone, Copy)]
struct Reader {
    source: StoredValue<String>,
    readings: RwSignal<Arc<Readings>>,
    cursor: RwSignal<Option<Cursor>>,
    /// Where the mouse button went down.
    pressed: StoredValue<Option<Press>>,
    /// A finger chose what is read: it stays when the finger is gone, with a link to follow.
    held: RwSignal<bool>,
    layer: NodeRef<Div>,
}

impl Reader {
    /// Reads what the document holds now: figures may have come since somebody looked last.
    fn begin(self) {
        if self.cursor.with_untracked(Option::is_none) {
            let json = self.source.with_value(|id| {
                document().get_element_by_id(id).and_then(|data| data.get_attribute("value")).unwrap_or_default()
            });
            self.readings.set(Arc::new(serde_json::from_str(&json).unwrap_or_default()));
        }
    }

    fn end(self) {
        self.cursor.set(None);
        self.held.set(false);
        self.pressed.set_value(None);
    }

    fn is_in_use(self) -> bool {
        self.cursor.with_untracked(Option::is_some)
    }

    fn keys(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        self.begin();
        let (cursor, readings) = (self.cursor.get_untracked(), self.readings.get_untracked());
        let Some(act) = press(&event.key(), event.shift_key(), cursor, readings.buckets, readings.parts.len()) else {
            return;
        };
        event.prevent_default();
        // Other keys of the page mean something else by the same letters.
        event.stop_propagation();
        match act {
            Act::Show(cursor) => self.cursor.set(Some(cursor)),
            Act::Leave => self.end(),
            Act::Open(cursor) => self.open(&readings, cursor),
            Act::Zoom(first, last) => self.zoom(&readings, first, last),
        }
    }

    /// Goes to the traces behind what is read.
    fn open(self, readings: &Readings, cursor: Cursor) {
        if let Some(href) = readings.traces_href(cursor) {
            self.end();
            visit::follow(&href);
        }
    }

    /// Goes to the range from one bucket to another; the chart stays where it is in sight.
    fn zoom(self, readings: &Readings, first: usize, last: usize) {
        self.end();
        visit::adjust(&readings.zoom_href(first, last));
    }

    /// The focus went on: what is read is gone, unless it went into the read-out itself.
    fn focus_left(self, event: &FocusEvent) {
        let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        let is_inside = self.layer.get_untracked().is_some_and(|layer| layer.contains(to.as_ref()));
        if !is_inside {
            self.end();
        }
    }
}

/// A layer over the chart that follows the pointer; as a slider, it is one tab stop and keys move it.
#[island]
pub fn Readout(
    /// The id of its [`ReadingsData`].
    source: String,
    /// Index of the last bucket when the page was made.
    last: usize,
) -> impl IntoView {
    let reader = Reader {
        source: StoredValue::new(source),
        readings: RwSignal::new(Arc::new(Readings::default())),
        cursor: RwSignal::new(None),
        pressed: StoredValue::new(None),
        held: RwSignal::new(false),
        layer: NodeRef::new(),
    };
    let Reader { readings, cursor, held, layer, .. } = reader;
    let shown = move || cursor.get().map(|cursor| cursor.bucket);
    let spoken = move || match cursor.get() {
        Some(cursor) => readings.with(|readings| readings.spoken(cursor)),
        None => "nothing chosen".to_owned(),
    };
    view! {
        <div
            class="readout"
            class:readout--held=held
            node_ref=layer
            on:pointermove=move |event| pointer::moved(reader, &event)
            on:pointerdown=move |event| pointer::down(reader, &event)
            on:pointerup=move |event| pointer::up(reader, &event)
            on:pointercancel=move |_| reader.end()
            on:pointerleave=move |event| pointer::left(reader, &event)
            on:focusout=move |event| reader.focus_left(&event)
        >
            <div
                class="readout__keys"
                role="slider"
                tabindex="0"
                aria-label="Read the chart"
                aria-valuemin="0"
                aria-valuemax=move || readings.with(|readings| readings.buckets.saturating_sub(1)).max(last)
                aria-valuenow=move || shown().unwrap_or(last)
                aria-valuetext=spoken
                aria-description="Left and right: another bucket. Up and down: one of its parts. Enter: the traces behind it. Shift with left or right: a range, Enter zooms into it."
                on:keydown=move |event| reader.keys(&event)
            ></div>
            {move || {
                let cursor = cursor.get()?;
                let readings = readings.get();
                (cursor.bucket < readings.buckets).then(|| view! { <tip::Tip readings cursor/> })
            }}
        </div>
    }
}
