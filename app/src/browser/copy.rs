//! Puts a text into the clipboard and says so.

use leptos::prelude::*;
use web_sys::Element;

/// How long a button says that it copied.
const SAID: std::time::Duration = std::time::Duration::from_secs(2);

/// Attribute of a button that has just copied.
const COPIED: &str = "data-copied";

/// Puts a text into the clipboard. The browser refuses only without a click or a key, and this follows one.
pub fn to_clipboard(text: &str) {
    let _ = window().navigator().clipboard().write_text(text);
}

/// Copies what a button is for and says so for a moment: what the element says that it names in `data-from`, what it holds in
/// `data-text`, an address on this server in full; else the values around it.
pub fn from(button: &Element) {
    let named = button.get_attribute("data-from").and_then(|id| document().get_element_by_id(&id));
    let text = named.map_or_else(|| button.get_attribute("data-text"), |element| element.text_content());
    match text {
        Some(text) => {
            let origin = text.starts_with('/').then(|| window().location().origin().unwrap_or_default());
            to_clipboard(&(origin.unwrap_or_default() + &text));
        }
        None => to_clipboard(&values_around(button)),
    }
    if button.has_attribute(COPIED) {
        return;
    }
    let spoken = button.query_selector("[aria-live]").ok().flatten();
    let before = spoken.as_ref().and_then(|spoken| spoken.text_content()).unwrap_or_default();
    let say = move |button: &Element, copied: bool| {
        // Fails only for a name no attribute can have.
        let _ = if copied { button.set_attribute(COPIED, "") } else { button.remove_attribute(COPIED) };
        if let Some(spoken) = &spoken {
            spoken.set_text_content(Some(if copied { "Copied" } else { &before }));
        }
    };
    say(button, true);
    let button = button.clone();
    set_timeout(move || say(&button, false), SAID);
}

/// The texts marked by `data-value` in the nearest element that is marked by `data-copies`, one below the other.
fn values_around(button: &Element) -> String {
    let values =
        button.closest("[data-copies]").ok().flatten().and_then(|row| row.query_selector_all("[data-value]").ok());
    let Some(values) = values else { return String::new() };
    let texts: Vec<String> = (0..values.length()).filter_map(|at| values.item(at)?.text_content()).collect();
    texts.join("\n")
}
