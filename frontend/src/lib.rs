//! Starts the dashboard in the browser.

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes the document that the server rendered answer; its islands follow, see `app::document`.
#[wasm_bindgen]
pub fn start() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    app::browser::start();
}
