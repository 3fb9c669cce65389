//! Keys for people who stay on the keyboard.
//!
//! Keys are off inside inputs, with a modifier held, and when turned off in the settings.

use std::cell::Cell;

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement, HtmlInputElement};

use super::{roving, storage, theme, visit};
use crate::components::places;

/// Key in the browser's storage; present when the keys are turned off.
const STORAGE_KEY: &str = "tracetab.keys-off";

/// How long `g` waits for the place to go to.
const GO_WAIT: std::time::Duration = std::time::Duration::from_millis(1_500);

thread_local! {
    /// `g` was pressed, the place is still to come.
    static GOING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the keys are on; they are until somebody turns them off.
pub fn are_on() -> bool {
    storage::get(STORAGE_KEY).is_none()
}

/// Turns the keys on or off, and remembers it.
pub fn turn(on: bool) {
    storage::set(STORAGE_KEY, (!on).then_some("1"));
}

/// Does what a key says on every page.
pub(super) fn press(event: &KeyboardEvent) {
    if is_typing(event) || !are_on() {
        return;
    }
    let key = event.key();
    if GOING.replace(false) {
        if let Some(href) = places::of_key(&key) {
            event.prevent_default();
            visit::follow(href);
        }
        return;
    }
    match key.as_str() {
        "g" => {
            GOING.set(true);
            set_timeout(|| GOING.set(false), GO_WAIT);
        }
        "/" if focus_search() => event.prevent_default(),
        "t" => theme::toggle(),
        "?" => show_help(),
        key => {
            if let Some(link) = link_of(key) {
                event.prevent_default();
                if key == "Escape" {
                    focus_opened();
                }
                link.click();
            }
        }
    }
}

/// Gives the focus back to what was opened in a drawer that closes.
fn focus_opened() {
    if let Some(link) = document().query_selector("[data-opened]").ok().flatten() {
        roving::focus(&link);
    }
}

/// The link on the page that says this is its key.
fn link_of(key: &str) -> Option<HtmlElement> {
    let found = document().query_selector_all("[aria-keyshortcuts]").ok()?;
    let links = (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<HtmlElement>().ok());
    links.into_iter().find(|link| link.get_attribute("aria-keyshortcuts").as_deref() == Some(key))
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

/// What a page finds things with, else what goes anywhere.
fn focus_search() -> bool {
    let fields = ["find", "search"].into_iter().filter_map(by_id::<HtmlInputElement>);
    fields.take(1).any(|input| input.focus().is_ok())
}

fn show_help() {
    if let Some(dialog) = by_id::<HtmlDialogElement>("help") {
        // Fails when it is already open.
        let _ = dialog.show_modal();
    }
}

fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document().get_element_by_id(id)?.dyn_into().ok()
}
