//! What the person looking at a trace has done to it: folds, scrolling, selection. Lives in the browser; on the server
//! it only holds what the URL said.

use std::collections::HashMap;
use std::ops::{Deref, Range};
use std::sync::Arc;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use model::trace::waste::Mark;
use model::trace::waterfall::{EventMark, Folds, Found, Row, RowKind, RowWindow, Zoom};
use model::{SpanId, TraceId, UsdSum};

use web_sys::Url;

use super::gutter::GUTTER_ROWS_MIN;
use super::in_sight::Sizes;
use super::links::TraceUrl;
use super::look::Look;
use super::pace::Pace;
use super::sheet::Sheet;
use crate::browser::visit;
use crate::colour::{Kind, Palette};

/// Whoever looks at a trace: its [`State`], for every closure of the page.
#[derive(Clone, Copy)]
pub struct Viewer(Held);

/// In a browser a reference: closures that hold all of it make the page's code 2.4 kB larger. A state is a few hundred bytes, which the
/// document keeps; what is in it ends with the page.
#[cfg(target_arch = "wasm32")]
type Held = &'static State;
#[cfg(not(target_arch = "wasm32"))]
type Held = State;

#[cfg(target_arch = "wasm32")]
fn held(state: State) -> Held {
    Box::leak(Box::new(state))
}
#[cfg(not(target_arch = "wasm32"))]
const fn held(state: State) -> Held {
    state
}

impl Deref for Viewer {
    type Target = State;

    fn deref(&self) -> &State {
        let Self(held) = self;
        held
    }
}

/// State of one opened trace.
#[derive(Clone, Copy)]
pub struct State {
    /// What the server told about the whole.
    pub sheet: StoredValue<Arc<Sheet>>,
    /// Which trace.
    pub trace_id: TraceId,
    /// Colours of its services.
    pub palette: StoredValue<Arc<Palette>>,
    /// Folded rows.
    pub folds: RwSignal<Folds>,
    /// Places of the visible rows that are drawn.
    pub window: RwSignal<Range<usize>>,
    /// Places of those in sight.
    pub sight: RwSignal<Range<usize>>,
    /// Index of the row that has the keyboard.
    pub active: RwSignal<usize>,
    /// The row that is to get the focus as soon as it is drawn.
    pub wanted: StoredValue<Option<usize>>,
    /// What the URL says.
    pub url: RwSignal<TraceUrl>,
    /// What the browser says about sizes.
    pub sizes: Sizes,
    /// The part of the time that is shown.
    pub zoom: RwSignal<Zoom>,
    /// What was spent in it, when that is known exactly.
    pub spent_within: RwSignal<Option<UsdSum>>,
    /// What was found, or what is wrong with what was looked for.
    pub found: RwSignal<Option<Result<Found, String>>>,
    /// An answer to what is looked for is on its way.
    pub searching: RwSignal<bool>,
    /// The row that is to be brought into sight.
    pub wanted_in_sight: RwSignal<Option<usize>>,
    /// The trace is no longer in the state it was laid out in, so that further rows cannot be shown.
    pub outdated: RwSignal<bool>,
    pub(super) rows: RwSignal<HashMap<usize, Arc<Row>>>,
    pub(super) events: StoredValue<HashMap<SpanId, Vec<EventMark>>>,
    wasted: StoredValue<HashMap<SpanId, Mark>>,
    /// Rows are on their way.
    pub(super) asking: StoredValue<bool>,
    /// How fast the reader goes through the rows.
    pub(super) pace: RwSignal<Pace>,
}

impl Viewer {
    /// The viewer of a trace as the server laid it out.
    pub fn new(sheet: Sheet, url: TraceUrl) -> Self {
        let window = sheet.first..sheet.first + sheet.window.rows.len();
        let shown = sheet.window.rows.iter().find(|row| Some(row.index) == sheet.shown_row);
        let active = shown.or(sheet.window.rows.first());
        let zoom = url.look.zoom_of(sheet.extent);
        let palette = Palette::assign(Kind::Service, sheet.services.iter().map(String::as_str));
        let viewer = Self(held(State {
            trace_id: sheet.trace_id,
            palette: StoredValue::new(Arc::new(palette)),
            folds: RwSignal::new(sheet.folds.clone()),
            sight: RwSignal::new(window.clone()),
            window: RwSignal::new(window),
            active: RwSignal::new(active.map_or(0, |row| row.index)),
            wanted: StoredValue::new(None),
            url: RwSignal::new(url),
            rows: RwSignal::new(HashMap::new()),
            events: StoredValue::new(HashMap::new()),
            wasted: StoredValue::new(HashMap::new()),
            asking: StoredValue::new(false),
            pace: RwSignal::new(Pace::Rest),
            zoom: RwSignal::new(zoom),
            spent_within: RwSignal::new(sheet.spent_within),
            found: RwSignal::new(sheet.found.clone()),
            searching: RwSignal::new(false),
            wanted_in_sight: RwSignal::new(None),
            sizes: Sizes::guessed(),
            outdated: RwSignal::new(false),
            sheet: StoredValue::new(Arc::new(sheet)),
        }));
        viewer.keep(viewer.sheet.with_value(|sheet| sheet.window.clone()));
        Effect::new(move |_| viewer.ask_ahead());
        Effect::new(move |_| visit::claim(move |href, is_new| viewer.takes(href, is_new)));
        viewer
    }

    /// Visible rows: the whole trace less what is folded away.
    pub fn visible_rows(&self) -> usize {
        let total = self.sheet.with_value(|sheet| sheet.rows_total);
        self.folds.with(|folds| folds.visible_rows(total))
    }

    /// The row at `index`, if it is here.
    pub fn row(&self, index: usize) -> Option<Arc<Row>> {
        self.rows.with(|rows| rows.get(&index).cloned())
    }

    /// The row of a span, if it is here.
    pub fn row_of(&self, span_id: SpanId) -> Option<Arc<Row>> {
        self.rows.with(|rows| rows.values().find(|row| row.span_id() == Some(span_id)).cloned())
    }

    /// Events on the bar of a span.
    pub fn events_of(&self, span_id: SpanId) -> Vec<EventMark> {
        self.events.with_value(|events| events.get(&span_id).cloned().unwrap_or_default())
    }

    /// Why the cost of a span was avoidable, if it was.
    pub fn waste_of(&self, span_id: SpanId) -> Option<Mark> {
        self.wasted.with_value(|wasted| wasted.get(&span_id).cloned())
    }

    /// Slot of a service's colour.
    pub fn slot(&self, service: &str) -> u8 {
        self.palette.with_value(|palette| palette.slot(service))
    }

    /// Folds or unfolds a row, at once, and writes it into the URL.
    pub fn toggle(&self, row: &Row) {
        let is_folded = self.folds.with_untracked(|folds| folds.is_folded(row.index));
        self.folds.update(|folds| folds.toggle(row.fold()));
        self.go(&self.url.get_untracked().with_toggled(row.key(), is_folded), true);
    }

    /// What a click on a row does: opens its span, or what is folded into it.
    pub fn enter(&self, row: &Row) {
        match &row.kind {
            RowKind::Span(span) => self.open(Some(span.span_id)),
            RowKind::Similar(_) => self.toggle(row),
            RowKind::MissingParent(_) => {}
        }
    }

    /// Opens a span's drawer, or closes it. A step through spans replaces the last one in the browser's history.
    pub fn open(&self, span: Option<SpanId>) {
        let url = self.url.get_untracked();
        self.go(&url.with_span(span), url.span.is_some() && span.is_some());
    }

    /// Goes to another view of this trace, which the browser's history remembers instead of the last one or after it.
    pub fn go(&self, url: &TraceUrl, replace: bool) {
        if let Ok(history) = window().history() {
            let href = url.href(self.trace_id);
            // Refused only for an address on another server.
            let _ = if replace {
                history.replace_state_with_url(&JsValue::NULL, "", Some(&href))
            } else {
                history.push_state_with_url(&JsValue::NULL, "", Some(&href))
            };
        }
        self.url.set(url.clone());
    }

    /// Shows the view of this trace that an address names; false when only the server can.
    fn takes(&self, href: &str, is_new: bool) -> bool {
        let location = window().location();
        let Ok(found) = Url::new_with_base(href, &location.href().unwrap_or_default()) else { return false };
        let query = found.search_params();
        let (now, wanted) = (self.url.get_untracked(), TraceUrl::read(|key| query.get(key)));
        // Of another tenant, the same id is another trace; with other times, rows are others.
        let is_this = found.pathname() == format!("/traces/{}", self.trace_id)
            && wanted.within == now.within
            && wanted.look.times == now.look.times;
        if !is_this || wanted.at != now.at || wanted.waste != now.waste || wanted.tab != now.tab {
            return false;
        }
        if is_new {
            self.go(&wanted, false);
        } else {
            self.url.set(wanted);
        }
        self.catch_up(&now);
        true
    }

    /// Whether a part of the time is shown.
    pub fn is_zoomed(&self) -> bool {
        !self.zoom.get().is_whole(self.sheet.with_value(|sheet| sheet.extent))
    }

    /// Whether there are more rows than are seen at once.
    pub fn has_gutter(&self) -> bool {
        self.sheet.with_value(|sheet| sheet.rows_total) >= GUTTER_ROWS_MIN
    }

    /// Shows a part of the time, and writes it into the address.
    pub fn zoom_to(&self, zoom: Zoom) {
        let before = self.url.get_untracked();
        let is_whole = zoom.is_whole(self.sheet.with_value(|sheet| sheet.extent));
        let part = (!is_whole).then_some((zoom.from_ns, zoom.to_ns));
        if part != before.look.zoom {
            self.go(&TraceUrl { look: Look { zoom: part, ..before.look.clone() }, ..before.clone() }, true);
            self.catch_up(&before);
        }
    }

    /// Unfolds what hides a row, and gives it the one tab stop of the rows.
    pub fn bring(&self, index: usize) {
        if self.folds.with_untracked(|folds| folds.index_at(folds.place_of(index)) != index) {
            self.folds.update(|folds| folds.reveal(index));
        }
        self.active.set(index);
    }

    pub(super) fn keep(&self, window: RowWindow) {
        self.events.update_value(|events| events.extend(window.events));
        self.wasted.update_value(|wasted| wasted.extend(window.wasted));
        self.rows.update(|rows| rows.extend(window.rows.into_iter().map(|row| (row.index, Arc::new(row)))));
    }
}
