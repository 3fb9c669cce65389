//! Scrolling: which rows are in sight, which are drawn, and how a row is brought into sight.

use std::ops::Range;
use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::pace::Pace;
use super::scroll::{At, Scale};
use super::viewer::Viewer;

/// Rows drawn above and below those in sight, so that a turn of the wheel does not show gaps.
const OVERSCAN_ROWS: usize = 10;

/// Rows by which the window moves: smaller steps would redraw on every pixel.
const WINDOW_STEP: usize = 5;

/// How long nothing is scrolled or zoomed until the rows beyond those in sight are drawn again.
const REST: Duration = Duration::from_millis(100);

/// Rows kept between a row that is gone to and the edge of what is in sight.
const EDGE_ROWS: f64 = 2.0;

/// Height of a row before one has been measured, in pixels.
pub const ROW_PX_GUESS: f64 = 26.0;

/// What the browser says about sizes. Asked for when they may have changed only: asking in the middle of scrolling makes it lay
/// the page out at once.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// Height of a row as it is drawn here: it differs on narrow and on touch screens.
    pub row_px: RwSignal<f64>,
    /// Height of what is in sight.
    pub seen_px: RwSignal<f64>,
    /// How far it is scrolled, for whoever asks and nobody else.
    scrolled_px: RwSignal<f64>,
    /// How much further the rows are than that, where they do not lie where their height would put them.
    ahead_px: RwSignal<f64>,
}

impl Sizes {
    /// Before the page is laid out.
    pub fn guessed() -> Self {
        let nothing = || RwSignal::new(0.0);
        Self { row_px: RwSignal::new(ROW_PX_GUESS), seen_px: nothing(), scrolled_px: nothing(), ahead_px: nothing() }
    }
}

impl Viewer {
    /// Where rows lie.
    pub fn scale(&self) -> Scale {
        Scale { rows: self.visible_rows(), row_px: self.sizes.row_px.get(), seen_px: self.sizes.seen_px.get() }
    }

    /// Room above and below the rows that are drawn, in rows.
    pub fn room(&self) -> (f64, f64) {
        let (scale, window) = (self.scale(), self.window.get());
        let start = window.start.min(scale.rows);
        let drawn = window.end.min(scale.rows) - start;
        let above = scale.rows_above(start, self.sizes.ahead_px.get());
        let all = scale.height_px() / scale.row_px.max(1.0);
        (above, (all - above - drawn as f64).max(0.0))
    }
}

/// Measures rows and what is in sight.
pub fn measure(viewer: Viewer, scroller: &HtmlElement) {
    let row = scroller.query_selector(".wf-body .wf-row").ok().flatten();
    let height = row.and_then(|row| row.dyn_into::<HtmlElement>().ok()).map(|row| row.offset_height());
    if let Some(height) = height.filter(|height| *height > 0) {
        set(viewer.sizes.row_px, f64::from(height));
    }
    set(viewer.sizes.seen_px, f64::from(scroller.client_height()));
}

/// Moves the window to the rows in sight and some beyond, in steps. When it moves far at once it is first the rows in sight alone:
/// whoever drags the scroll bar through everything sees no others.
pub fn draw(viewer: Viewer, scroller: &HtmlElement) {
    let scale = untrack(|| viewer.scale());
    let at = followed(viewer, scale, scroller);
    // All are positive: sizes and a scroll position.
    let first = (at.position / scale.row_px) as usize;
    let sight = first..first + (scale.seen_px / scale.row_px) as usize + 2;
    let moved_rows = viewer.sight.with_untracked(|before| before.start.abs_diff(sight.start));
    let may_wait = may_wait(viewer, scroller);
    hurry(viewer, scroller, |pace| if may_wait { pace.after(moved_rows) } else { Pace::Rest });
    let is_at_rest = viewer.pace.get_untracked() == Pace::Rest;
    set(viewer.window, if is_at_rest { with_some_beyond(&sight) } else { sight.clone() });
    set(viewer.sight, sight);
}

/// While the zoom changes, only the rows in sight follow it: those beyond are drawn again when it rests.
pub fn follow_zoom(viewer: Viewer, scroller: &HtmlElement) {
    if may_wait(viewer, scroller) {
        hurry(viewer, scroller, |pace| if pace == Pace::Rest { Pace::Moved } else { pace });
        draw(viewer, scroller);
    }
}

/// Whether rows may be drawn whole, and those beyond the ones in sight, later. A row may lose the focus when others are drawn before
/// it: where it is in the rows, or on its way there, all are drawn at once.
fn may_wait(viewer: Viewer, scroller: &HtmlElement) -> bool {
    viewer.wanted.get_value().is_none() && !is_focus_within(scroller)
}

/// How far it is scrolled now.
fn followed(viewer: Viewer, scale: Scale, scroller: &HtmlElement) -> At {
    let Sizes { scrolled_px, ahead_px, .. } = viewer.sizes;
    let before = scrolled_px.get_untracked();
    let before = At { scroll_top: before, position: before + ahead_px.get_untracked() };
    let at = scale.followed(before, f64::from(scroller.scroll_top()));
    keep(viewer, at);
    at
}

fn keep(viewer: Viewer, at: At) {
    set(viewer.sizes.scrolled_px, at.scroll_top);
    set(viewer.sizes.ahead_px, at.position - at.scroll_top);
}

/// Scrolls to where so many pixels of rows are above.
fn go(viewer: Viewer, scale: Scale, scroller: &HtmlElement, position: f64) {
    // As high as browsers make elements, so it fits.
    scroller.set_scroll_top(scale.scroll_top(position).ceil() as i32);
    if scale.is_squeezed() {
        // However far that was; at an end it may be less than was wanted.
        let scroll_top = f64::from(scroller.scroll_top());
        keep(viewer, At { scroll_top, position: position.clamp(0.0, scale.last()) });
    }
}

fn is_focus_within(scroller: &HtmlElement) -> bool {
    document().active_element().is_some_and(|focused| scroller.contains(Some(&focused)))
}

fn with_some_beyond(sight: &Range<usize>) -> Range<usize> {
    let start = sight.start.saturating_sub(OVERSCAN_ROWS) / WINDOW_STEP * WINDOW_STEP;
    start..(sight.end + OVERSCAN_ROWS).next_multiple_of(WINDOW_STEP)
}

/// Goes at another pace, until nothing is scrolled or zoomed for a while.
fn hurry(viewer: Viewer, scroller: &HtmlElement, faster: impl FnOnce(Pace) -> Pace) {
    let before = viewer.pace.get_untracked();
    let now = faster(before);
    set(viewer.pace, now);
    if before == Pace::Rest && now != Pace::Rest {
        draw_all_later(viewer, scroller.clone());
    }
}

/// Draws rows whole, and those beyond the ones in sight, as soon as nothing is scrolled or zoomed for a while.
fn draw_all_later(viewer: Viewer, scroller: HtmlElement) {
    let seen = (scroller.scroll_top(), viewer.zoom.get_untracked());
    set_timeout(
        move || {
            // The page may be gone by now.
            if viewer.pace.try_get_untracked().is_none() {
                return;
            }
            if (scroller.scroll_top(), viewer.zoom.get_untracked()) == seen {
                viewer.pace.set(Pace::Rest);
                if is_focus_within(&scroller) {
                    viewer.wanted.set_value(Some(viewer.active.get_untracked()));
                }
                draw(viewer, &scroller);
            } else {
                draw_all_later(viewer, scroller);
            }
        },
        REST,
    );
}

/// Scrolls to the row at a place.
pub fn scroll_to(viewer: Viewer, scroller: &HtmlElement, place: usize) {
    let scale = untrack(|| viewer.scale());
    go(viewer, scale, scroller, place as f64 * scale.row_px);
}

/// Scrolls as little as it takes to see a row with some room around it.
pub fn bring(viewer: Viewer, scroller: &HtmlElement, index: usize) {
    let scale = untrack(|| viewer.scale());
    let place = viewer.folds.with_untracked(|folds| folds.place_of(index));
    let top = place as f64 * scale.row_px;
    let from = followed(viewer, scale, scroller).position;
    let edge = EDGE_ROWS * scale.row_px;
    let wanted = if top < from + edge {
        top - edge
    } else if top + scale.row_px + edge > from + scale.seen_px {
        top + scale.row_px + edge - scale.seen_px
    } else {
        return;
    };
    go(viewer, scale, scroller, wanted);
}

/// Tells others only what is new.
fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|now| *now != value) {
        signal.set(value);
    }
}
