//! Boxes that choose from a list (`data-choice`): what was chosen stays chosen while the list changes around it, and nothing else
//! becomes chosen because it stands where something chosen stood.

use leptos::prelude::document;
use leptos::wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

/// Name and value of a box.
type Choice = (String, String);

/// What is chosen on the page.
pub(super) fn chosen() -> Vec<Choice> {
    boxes().filter(HtmlInputElement::checked).map(|input| choice(&input)).collect()
}

/// Chooses exactly that, as far as it is on the page.
pub(super) fn choose(chosen: &[Choice]) {
    boxes().for_each(|input| input.set_checked(chosen.contains(&choice(&input))));
}

fn boxes() -> impl Iterator<Item = HtmlInputElement> {
    let found = document().query_selector_all("input[data-choice]").ok();
    let count = found.as_ref().map_or(0, web_sys::NodeList::length);
    (0..count).filter_map(move |at| found.as_ref()?.get(at)?.dyn_into().ok())
}

fn choice(input: &HtmlInputElement) -> Choice {
    (input.name(), input.value())
}
