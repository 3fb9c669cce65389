//! A field that leaves only the lines of its panel in which a text is found.

use leptos::wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement};

/// Attribute of such a field: the selector of its lines.
const FINDS: &str = "data-finds";

/// What the lines are in: sections in which nothing is found go, folded ones open.
const SECTION: &str = "details.dsec";

/// Does what somebody has typed, if it was typed into such a field.
pub fn typed(event: &Event) {
    let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some((selector, field)) = field.and_then(|field| Some((field.get_attribute(FINDS)?, field))) else { return };
    let Ok(Some(panel)) = field.closest("aside") else { return };
    let wanted = field.value().trim().to_lowercase();
    let mut found = 0;
    for line in all(&panel, &selector) {
        let is_found = line.text_content().unwrap_or_default().to_lowercase().contains(&wanted);
        found += u32::from(is_found);
        hide(&line, !is_found);
    }
    for section in all(&panel, SECTION) {
        let has_any = all(&section, &selector).iter().any(|line| !line.has_attribute("hidden"));
        hide(&section, !wanted.is_empty() && !has_any);
        if !wanted.is_empty() && has_any {
            // Fails only for a name no attribute can have.
            let _ = section.set_attribute("open", "");
        }
    }
    if let Ok(Some(said)) = panel.query_selector(".find-in output") {
        said.set_text_content(Some(&if wanted.is_empty() { String::new() } else { format!("{found} found") }));
    }
}

fn hide(element: &Element, hidden: bool) {
    // Fails only for a name no attribute can have.
    let _ = element.toggle_attribute_with_force("hidden", hidden);
}

fn all(within: &Element, selector: &str) -> Vec<Element> {
    let Ok(list) = within.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|at| list.item(at)?.dyn_into().ok()).collect()
}
