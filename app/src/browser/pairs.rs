//! One thing drawn twice: whatever is pointed at or has the focus lights up wherever else it is. Equal `data-pair` say so.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Event};

use super::closest;

/// Class of what is pointed at.
const LIT: &str = "is-lit";

/// Lights what the target of an event is, and its like.
pub fn light(event: &Event) {
    let name = closest(event, "[data-pair]").and_then(|element| element.get_attribute("data-pair"));
    let Ok(found) = document().query_selector_all("[data-pair]") else { return };
    for element in (0..found.length()).filter_map(|at| found.get(at)?.dyn_into::<Element>().ok()) {
        let is_lit = name.is_some() && element.get_attribute("data-pair") == name;
        // Fails only for a name that is none.
        let _ = element.class_list().toggle_with_force(LIT, is_lit);
    }
}
