//! What the server tells without being asked: one event stream per open page.
//!
//! A page names the news it shows in `data-live` of its `<main>`; when there are any it is asked for again. Nothing is
//! added up here: what a page says always comes from one answer.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use super::visit;

/// Where the server tells its news.
const EVENTS_PATH: &str = "/api/v1/events";

/// New costs arrive every second under load; people read figures more slowly, and every look asks the database.
const PAUSE: Duration = Duration::from_secs(5);

/// The pause on a page that shows something on its way (`data-hurry`): progress is watched.
const PAUSE_IN_A_HURRY: Duration = Duration::from_secs(1);

thread_local! {
    static SOURCE: RefCell<Option<EventSource>> = const { RefCell::new(None) };
    static RESTING: Cell<Rest> = const { Cell::new(Rest::Over) };
    /// There was news while nobody could see the page.
    static MISSED: Cell<bool> = const { Cell::new(false) };
}

/// Where the pause after a look stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// The next news is looked at at once.
    Over,
    /// There was a look, and no news since.
    Quiet,
    /// News came that is looked at when the pause ends.
    HoldingBack,
}

/// Calls `heard` with the data of every event of this name, for as long as the document lives.
/// The browser reconnects by itself when the connection breaks.
pub fn listen(name: &str, mut heard: impl FnMut(String) + 'static) {
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        heard(event.data().as_string().unwrap_or_default())
    });
    SOURCE.with_borrow_mut(|source| {
        if source.is_none() {
            *source = EventSource::new(EVENTS_PATH).ok();
        }
        if let Some(source) = source {
            // Fails only for a name that is not text.
            let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
    });
    // It is called until the document goes away.
    listener.forget();
}

/// Shows the page anew when there is news it shows.
pub(super) fn follow() {
    for (event, topic, pause) in [("cost", "costs", true), ("ingest", "ingest", true), ("alerts", "alerts", false)] {
        let mut known = None;
        listen(event, move |told| {
            if !is_news(&mut known, told) || !shows(topic) {
                return;
            }
            if pause { look() } else { visit::refresh() }
        });
    }
    // What happened while nobody could see the page is looked at when they can again.
    let seen = Closure::<dyn Fn()>::new(|| {
        if !document().hidden() && MISSED.replace(false) {
            look();
        }
    });
    // Fails only for a name that is not text.
    let _ = document().add_event_listener_with_callback("visibilitychange", seen.as_ref().unchecked_ref());
    seen.forget();
}

/// Whether it differs from what was told before. The first word of a stream is what the page was just rendered from.
fn is_news(known: &mut Option<String>, told: String) -> bool {
    let news = known.as_ref().is_some_and(|known| *known != told);
    *known = Some(told);
    news
}

/// Whether the page shows what these news are about.
fn shows(topic: &str) -> bool {
    let main = document().get_element_by_id("main");
    let topics = main.and_then(|main| main.get_attribute("data-live")).unwrap_or_default();
    topics.split(' ').any(|each| each == topic)
}

fn in_a_hurry() -> bool {
    document().query_selector("[data-hurry]").ok().flatten().is_some()
}

/// Looks at once, then at most once per pause; news during a pause are looked at when it ends.
fn look() {
    if document().hidden() {
        return MISSED.set(true);
    }
    if RESTING.get() != Rest::Over {
        RESTING.set(Rest::HoldingBack);
        return;
    }
    RESTING.set(Rest::Quiet);
    visit::refresh();
    set_timeout(
        || {
            if RESTING.replace(Rest::Over) == Rest::HoldingBack {
                look();
            }
        },
        if in_a_hurry() { PAUSE_IN_A_HURRY } else { PAUSE },
    );
}
