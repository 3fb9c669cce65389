//! Keys for people who stay on the keyboard, and the dialog that lists them.
//!
//! Keys are off inside inputs, with a modifier held, and when turned off in the settings.

use leptos::ev::{self, KeyboardEvent};
use leptos::html::Dialog;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::use_navigate;
use web_sys::{HtmlElement, HtmlInputElement};

use crate::components::frame::PLACES;
use crate::components::theme;

/// Key in the browser's storage; present when the keys are turned off.
const STORAGE_KEY: &str = "tracetab.keys-off";

/// How long `g` waits for the place to go to.
const GO_WAIT: std::time::Duration = std::time::Duration::from_millis(1_500);

/// Whether the keys are on; they are until somebody turns them off.
pub fn are_on() -> bool {
    let storage = window().local_storage().ok().flatten();
    storage.and_then(|storage| storage.get_item(STORAGE_KEY).ok().flatten()).is_none()
}

/// Turns the keys on or off, and remembers it.
pub fn turn(on: bool) {
    if let Some(storage) = window().local_storage().ok().flatten() {
        let _ = if on { storage.remove_item(STORAGE_KEY) } else { storage.set_item(STORAGE_KEY, "1") };
    }
}

/// Listens to the keys of the whole product and holds the help dialog.
#[component]
pub fn Shortcuts() -> impl IntoView {
    let dialog = NodeRef::<Dialog>::new();
    let going = StoredValue::new(false);
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let handle = window_event_listener(ev::keydown, move |event| {
            if is_typing(&event) || !are_on() {
                return;
            }
            let key = event.key();
            if going.get_value() {
                going.set_value(false);
                if let Some(href) = place_of(&key) {
                    event.prevent_default();
                    navigate(href, Default::default());
                }
                return;
            }
            match key.as_str() {
                "g" => {
                    going.set_value(true);
                    set_timeout(move || going.set_value(false), GO_WAIT);
                }
                "/" if focus_search() => event.prevent_default(),
                "t" => theme::toggle(),
                "?" => {
                    if let Some(dialog) = dialog.get_untracked() {
                        // Fails when it is already open.
                        let _ = dialog.show_modal();
                    }
                }
                _ => {}
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <dialog node_ref=dialog class="help" aria-labelledby="help-title">
            <form method="dialog">
                <h2 id="help-title">"Keys"</h2>
                <KeyList/>
                <button type="submit" class="btn">"Close"</button>
            </form>
        </dialog>
    }
    .into_any()
}

/// Every key of the product.
#[component]
pub fn KeyList() -> impl IntoView {
    let places = PLACES.map(|(name, _, _, key)| (format!("g {key}"), format!("Go to {name}")));
    let others =
        [("g s", "Go to Settings"), ("/", "Search, or paste a trace id"), ("t", "Light or dark"), ("?", "These keys")]
            .map(|(key, what)| (key.to_owned(), what.to_owned()));
    view! {
        <dl class="keys">
            {places
                .into_iter()
                .chain(others)
                .map(|(keys, what)| {
                    view! {
                        <div>
                            <dt>{keys.split(' ').map(|key| view! { <kbd>{key.to_owned()}</kbd> }).collect_view()}</dt>
                            <dd>{what}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

fn place_of(key: &str) -> Option<&'static str> {
    if key == "s" {
        return Some("/settings");
    }
    PLACES.iter().find(|(_, _, _, place_key)| *place_key == key).map(|(_, href, _, _)| *href)
}

/// Whether the key belongs to somebody else: text being typed, a browser's own shortcut, an open dialog.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return true;
    }
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else { return false };
    let name = target.tag_name();
    ["INPUT", "TEXTAREA", "SELECT"].contains(&name.as_str())
        || target.is_content_editable()
        || target.closest("dialog[open]").ok().flatten().is_some()
}

fn focus_search() -> bool {
    let Some(input) =
        document().get_element_by_id("search").and_then(|found| found.dyn_into::<HtmlInputElement>().ok())
    else {
        return false;
    };
    input.focus().is_ok()
}
