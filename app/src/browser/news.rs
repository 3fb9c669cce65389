//! What the server tells without being asked: one event stream, shared by all open pages.
//!
//! A page names the news it shows in `data-live` of its `<main>`; when there are any it is asked for again. Nothing is
//! added up here: what a page says always comes from one answer.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use js_sys::Array;
use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::{EventSource, MessageEvent, MessagePort, SharedWorker};

use super::visit;

/// Where the server tells its news.
const EVENTS_PATH: &str = "/api/v1/events";

/// New costs arrive every second under load; people read figures more slowly, and every look asks the database.
const PAUSE: Duration = Duration::from_secs(5);

/// The pause on a page that shows something on its way (`data-hurry`): progress is watched.
const PAUSE_IN_A_HURRY: Duration = Duration::from_secs(1);

/// The events there are.
const NAMES: [&str; 6] = ["cost", "ingest", "alerts", "repricing", "verdicts", "budgets"];

type Hearer = (&'static str, Box<dyn FnMut(String)>);

thread_local! {
    static HEARERS: RefCell<Vec<Hearer>> = const { RefCell::new(Vec::new()) };
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
pub fn listen(name: &'static str, heard: impl FnMut(String) + 'static) {
    HEARERS.with_borrow_mut(|hearers| hearers.push((name, Box::new(heard))));
}

/// Opens the stream: by the worker that all open pages share, or by this page alone where browsers have no such workers.
/// Either connects again by itself when the connection breaks.
fn open() {
    let address = document().document_element().and_then(|root| root.get_attribute("data-news")).unwrap_or_default();
    match SharedWorker::new(&address) {
        Ok(worker) => share(&worker.port()),
        Err(_) => open_alone(),
    }
}

fn share(port: &MessagePort) {
    let heard = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        // The worker says a name and what it is about.
        let told: Array = event.data().unchecked_into();
        tell(&told.get(0).as_string().unwrap_or_default(), told.get(1).as_string().unwrap_or_default());
    });
    port.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    // The worker listens to what the first page names. Fails only for what cannot be copied to a worker.
    let _ = port.post_message(&NAMES.map(JsValue::from_str).into_iter().collect::<Array>());
    let port = port.clone();
    // Fails only for what cannot be copied to a worker.
    window_event_listener(ev::pagehide, move |_| drop(port.post_message(&JsValue::NULL)));
    // It is called until the document goes away.
    heard.forget();
}

fn open_alone() {
    let Ok(source) = EventSource::new(EVENTS_PATH) else { return };
    for name in NAMES {
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            tell(name, event.data().as_string().unwrap_or_default());
        });
        // Fails only for a name that is not text.
        let _ = source.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
        heard.forget();
    }
}

fn tell(name: &str, told: String) {
    // Whoever hears may begin to listen to more, so the list is not held meanwhile.
    let mut hearers = HEARERS.take();
    hearers.iter_mut().filter(|(listens_to, _)| *listens_to == name).for_each(|(_, heard)| heard(told.clone()));
    HEARERS.with_borrow_mut(|added| {
        hearers.append(added);
        *added = hearers;
    });
}

/// Shows the page anew when there is news it shows.
pub(super) fn follow() {
    for event in NAMES {
        let topic = if event == "cost" { "costs" } else { event };
        let mut known = None;
        listen(event, move |told| {
            if is_news(&mut known, told) && shows(topic) {
                look();
            }
        });
    }
    open();
    // A page that browsers kept aside and show again has said good-bye to the worker.
    window_event_listener(ev::pageshow, |event| {
        if event.persisted() {
            open();
            look();
        }
    });
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
