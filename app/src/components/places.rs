//! The places of the product.

use crate::components::icon::Glyph;

/// In order: name, address, icon, key after `g`.
pub const PLACES: [(&str, &str, Glyph, &str); 5] = [
    ("Overview", "/", Glyph::Overview, "o"),
    ("Traces", "/traces", Glyph::Traces, "t"),
    ("Map", "/map", Glyph::Map, "m"),
    ("Costs", "/costs", Glyph::Costs, "c"),
    ("Alerts", "/alerts", Glyph::Alerts, "a"),
];

/// The address `g` and a key lead to.
pub fn of_key(key: &str) -> Option<&'static str> {
    if key == "s" {
        return Some("/settings");
    }
    PLACES.iter().find(|(.., place_key)| *place_key == key).map(|(_, href, ..)| *href)
}

/// Whether `path` is at or below `place`.
pub fn is_at(path: &str, place: &str) -> bool {
    if place == "/" {
        path == "/"
    } else {
        path == place || path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_current_on_its_own_pages_only() {
        assert!(is_at("/", "/"));
        assert!(!is_at("/costs", "/"));
        assert!(is_at("/traces/7d3f", "/traces"));
        assert!(!is_at("/tracesx", "/traces"));
    }

    #[test]
    fn every_place_has_its_key() {
        assert!(PLACES.iter().all(|(_, href, _, key)| of_key(key) == Some(href)));
        assert_eq!(of_key("s"), Some("/settings"));
        assert_eq!(of_key("x"), None);
    }
}
