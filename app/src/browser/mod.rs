//! What runs in the browser around the islands: following links without losing the page, news from the server, keys,
//! copying, the theme, the title.
//!
//! Pages are HTML from the server. Nothing here draws: a page that changed is asked for again and its difference is
//! put into the one that is shown ([`visit`]). Everything listens at the window, so that it also works for what
//! arrived later.

use leptos::ev;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

mod choices;
mod copy;
mod find;
pub mod keys;
mod links;
mod morph;
pub mod news;
mod pairs;
mod roving;
pub mod storage;
pub mod theme;
pub mod title;
pub mod visit;

pub use self::copy::to_clipboard;

/// Attribute of a button that says what a click on it does: `copy` or `theme`.
const DOES: &str = "data-does";

/// Begins to listen; called once per document.
pub fn start() {
    // On the window, so that everything within the page hears first and can keep an event to itself.
    window_event_listener(ev::click, |event| {
        let button = closest(&event, "[data-does]");
        match button.as_ref().and_then(|button| button.get_attribute(DOES)).as_deref() {
            Some("theme") => theme::toggle(),
            Some("copy") => button.iter().for_each(copy::from),
            _ => links::click(&event),
        }
    });
    window_event_listener(ev::submit, |event| links::submit(&event));
    window_event_listener(ev::input, |event| find::typed(&event));
    window_event_listener(ev::popstate, |_| visit::back());
    window_event_listener(ev::keydown, |event| {
        if !keys::is_typing(&event) && roving::press(&event) {
            event.prevent_default();
        } else {
            keys::press(&event);
        }
    });
    window_event_listener(ev::mouseover, |event| pairs::light(&event));
    window_event_listener(ev::focusin, |event| pairs::light(&event));
    // Else the first link to a part of the page would be taken for one to another.
    visit::remember();
    roving::begin();
    news::follow();
}

/// The element around the target of an event that matches a selector.
fn closest(event: &web_sys::Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

/// Text as HTML that says just that.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
