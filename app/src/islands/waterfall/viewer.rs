//! What the person looking at a trace has done to it: folds, scrolling, selection. Lives in the browser; on the server
//! it only holds what the URL said.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsValue;
use model::trace::waterfall::{Fold, Folds, Row};
use model::{SpanId, TraceId};

use web_sys::Url;

use super::api::load_rows;
use super::links::{FOLD_ALL, TraceUrl};
use super::sheet::{EventMark, RowWindow, Sheet};
use crate::browser::visit;
use crate::colour::{Kind, Palette};

/// Rows asked for at once: several screens, so that scrolling on does not wait.
const CHUNK_ROWS: usize = 150;

/// Rows kept in the browser, about 500 bytes each: past it, those far from the screen are dropped and asked for again.
const KEPT_ROWS_MAX: usize = 20_000;

/// State of one opened trace.
#[derive(Clone, Copy)]
pub struct Viewer {
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
    /// Index of the row that has the keyboard.
    pub active: RwSignal<usize>,
    /// The row that is to get the focus as soon as it is drawn.
    pub wanted: StoredValue<Option<usize>>,
    /// What the URL says.
    pub url: RwSignal<TraceUrl>,
    rows: RwSignal<HashMap<usize, Row>>,
    events: StoredValue<HashMap<SpanId, Vec<EventMark>>>,
    /// Chunks that are here or on their way.
    asked: StoredValue<HashSet<usize>>,
    fold_ids: StoredValue<HashMap<usize, SpanId>>,
}

/// A row that is drawn: its index, and the row itself unless it is still on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Index in the unfolded trace.
    pub index: usize,
    /// The row.
    pub row: Option<Row>,
}

impl Viewer {
    /// The viewer of a trace as the server laid it out.
    pub fn new(sheet: Sheet, url: TraceUrl) -> Self {
        let folds = Folds::new(sheet.folded.iter().map(|(fold, _)| *fold));
        let fold_ids = sheet.folded.iter().map(|(fold, id)| (fold.index, *id)).collect();
        let window = sheet.first..sheet.first + sheet.window.rows.len();
        let active = sheet.window.rows.iter().find(|row| Some(row.id()) == url.span).or(sheet.window.rows.first());
        let palette = Palette::assign(Kind::Service, sheet.services.iter().map(String::as_str));
        let viewer = Self {
            trace_id: sheet.trace_id,
            palette: StoredValue::new(Arc::new(palette)),
            folds: RwSignal::new(folds),
            window: RwSignal::new(window),
            active: RwSignal::new(active.map_or(0, |row| row.index)),
            wanted: StoredValue::new(None),
            url: RwSignal::new(url),
            rows: RwSignal::new(HashMap::new()),
            events: StoredValue::new(HashMap::new()),
            asked: StoredValue::new(HashSet::new()),
            fold_ids: StoredValue::new(fold_ids),
            sheet: StoredValue::new(Arc::new(sheet)),
        };
        viewer.keep(viewer.sheet.with_value(|sheet| sheet.window.clone()));
        Effect::new(move |_| viewer.ask_for_missing());
        Effect::new(move |_| visit::claim(move |href, is_new| viewer.takes(href, is_new)));
        viewer
    }

    /// Visible rows: the whole trace less what is folded away.
    pub fn visible_rows(&self) -> usize {
        let total = self.sheet.with_value(|sheet| sheet.rows_total);
        self.folds.with(|folds| folds.visible_rows(total))
    }

    /// The rows of the window, in order.
    pub fn drawn(&self) -> Vec<Drawn> {
        let visible = self.visible_rows();
        let window = self.window.get();
        self.folds.with(|folds| {
            self.rows.with(|rows| {
                let drawn = |place| {
                    let index = folds.index_at(place);
                    Drawn { index, row: rows.get(&index).cloned() }
                };
                (window.start.min(visible)..window.end.min(visible)).map(drawn).collect()
            })
        })
    }

    /// The row at `index`, if it is here.
    pub fn row(&self, index: usize) -> Option<Row> {
        self.rows.with(|rows| rows.get(&index).cloned())
    }

    /// The row of a span, if it is here.
    pub fn row_of(&self, span_id: SpanId) -> Option<Row> {
        self.rows.with(|rows| rows.values().find(|row| row.id() == span_id).cloned())
    }

    /// Events on the bar of a span.
    pub fn events_of(&self, span_id: SpanId) -> Vec<EventMark> {
        self.events.with_value(|events| events.get(&span_id).cloned().unwrap_or_default())
    }

    /// Slot of a service's colour.
    pub fn slot(&self, service: &str) -> u8 {
        self.palette.with_value(|palette| palette.slot(service))
    }

    /// Ids of the folded rows, by row.
    pub fn folded_ids(&self) -> Vec<SpanId> {
        self.folds.with(|folds| {
            self.fold_ids
                .with_value(|ids| folds.all().iter().filter_map(|fold| ids.get(&fold.index).copied()).collect())
        })
    }

    /// Folds or unfolds a row, at once, and writes it into the URL.
    pub fn toggle(&self, row: &Row) {
        let fold = Fold { index: row.index, descendants: row.descendants };
        self.fold_ids.update_value(|ids| {
            ids.insert(row.index, row.id());
        });
        self.folds.update(|folds| folds.toggle(fold));
        self.go(&self.url.get_untracked().with_folded(&untrack(|| self.folded_ids())), true);
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
        let is_laid_out = wanted.fold == now.fold || (wanted.fold.is_empty() && now.fold != FOLD_ALL);
        // Of another tenant, the same id is another trace.
        let is_this = found.pathname() == format!("/traces/{}", self.trace_id) && wanted.within == now.within;
        if !is_this || !is_laid_out || wanted.at != now.at {
            return false;
        }
        if wanted.fold.is_empty() {
            self.folds.set(Folds::default());
        }
        if is_new {
            self.go(&wanted, false);
        } else {
            self.url.set(wanted);
        }
        true
    }

    fn keep(&self, window: RowWindow) {
        self.events.update_value(|events| events.extend(window.events));
        self.rows.update(|rows| rows.extend(window.rows.into_iter().map(|row| (row.index, row))));
    }

    /// Asks the server for the first chunk of rows that should be drawn and is not here; what arrives asks for the next.
    fn ask_for_missing(&self) {
        let Some(index) = self.drawn().into_iter().find(|drawn| drawn.row.is_none()).map(|drawn| drawn.index) else {
            return;
        };
        let chunk = index / CHUNK_ROWS;
        if !self.asked.try_update_value(|asked| asked.insert(chunk)).unwrap_or(false) {
            return;
        }
        let viewer = *self;
        let within = self.url.with_untracked(|url| url.within.clone());
        spawn_local(async move {
            let answer = load_rows(viewer.trace_id, within, chunk * CHUNK_ROWS, CHUNK_ROWS).await;
            // The page may be gone by now.
            if viewer.rows.try_with_untracked(HashMap::len).is_none() {
                return;
            }
            match answer {
                Ok(window) => {
                    viewer.drop_far_rows(chunk);
                    viewer.keep(window);
                }
                // Asked again at the next scroll.
                Err(_) => viewer.asked.update_value(|asked| {
                    asked.remove(&chunk);
                }),
            }
        });
    }

    fn drop_far_rows(&self, chunk: usize) {
        if self.rows.with_untracked(HashMap::len) < KEPT_ROWS_MAX {
            return;
        }
        let near = chunk.saturating_sub(2)..chunk + 3;
        self.rows.update_untracked(|rows| rows.retain(|index, _| near.contains(&(index / CHUNK_ROWS))));
        self.asked.update_value(|asked| asked.retain(|chunk| near.contains(chunk)));
    }
}
