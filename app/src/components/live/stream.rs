//! The browser's end of the event stream.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use super::{COSTS_PAUSE, Live, Pause};

/// Where the server tells its news.
const EVENTS_PATH: &str = "/api/v1/events";

type Listener = Closure<dyn FnMut(MessageEvent)>;

/// The open stream with its listeners, which must live as long as it does.
struct Stream {
    source: EventSource,
    _listeners: Vec<Listener>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Opens the stream once the page runs in the browser; it is closed when the owner goes away.
/// The browser reconnects by itself when the connection breaks.
pub fn connect(live: Live) {
    // Effects do not run on the server, and what is stored in one is dropped with it.
    Effect::new(move |_| StoredValue::new_local(open(live)));
}

fn open(live: Live) -> Option<Stream> {
    let source = EventSource::new(EVENTS_PATH).ok()?;
    let (mut known_costs, mut known_alerts) = (None, None);
    let listeners = vec![
        listen(&source, "cost", move |data| {
            if is_news(&mut known_costs, data) {
                tell_costs(live);
            }
        }),
        listen(&source, "alerts", move |data| {
            if is_news(&mut known_alerts, data) {
                live.alerts.update(|count| *count = count.wrapping_add(1));
            }
        }),
        listen(&source, "ingest", move |data| {
            if let Ok(health) = serde_json::from_str(&data) {
                live.ingest.set(Some(health));
            }
        }),
    ];
    Some(Stream { source, _listeners: listeners })
}

fn listen(source: &EventSource, name: &str, mut heard: impl FnMut(String) + 'static) -> Listener {
    let listener = Closure::new(move |event: MessageEvent| heard(event.data().as_string().unwrap_or_default()));
    // Fails only for a name that is not text.
    let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
    listener
}

/// Whether it differs from what was told before. The first word of a stream is what the page was just rendered from.
fn is_news(known: &mut Option<String>, told: String) -> bool {
    let news = known.as_ref().is_some_and(|known| *known != told);
    *known = Some(told);
    news
}

/// Counts new costs at once, then at most once per pause; news during a pause are told at its end.
fn tell_costs(live: Live) {
    match live.costs_pause.get_value() {
        Pause::Over => {
            live.costs.update(|count| *count = count.wrapping_add(1));
            live.costs_pause.set_value(Pause::Quiet);
            set_timeout(move || end_pause(live), COSTS_PAUSE);
        }
        Pause::Quiet | Pause::HoldingBack => live.costs_pause.set_value(Pause::HoldingBack),
    }
}

fn end_pause(live: Live) {
    let held_back = live.costs_pause.get_value() == Pause::HoldingBack;
    live.costs_pause.set_value(Pause::Over);
    if held_back {
        tell_costs(live);
    }
}
