//! What this browser remembers. Storage may be forbidden; everything then lasts as long as the page.

use leptos::prelude::window;
use web_sys::Storage;

/// The value of a key, if there is one.
pub fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

/// Remembers a value, or forgets it.
pub fn set(key: &str, value: Option<&str>) {
    if let Some(storage) = storage() {
        // Refused when storage is full: the choice then lasts as long as the page.
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}
