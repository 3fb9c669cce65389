//! The places of the product.

use crate::components::icon::Glyph;

/// Name, address, icon, key after `g`.
pub type Place = (&'static str, &'static str, Glyph, &'static str);

/// Where people go every day, in order.
pub const PLACES: [Place; 5] = [
    ("Overview", "/", Glyph::Overview, "o"),
    ("Traces", "/traces", Glyph::Traces, "t"),
    ("Map", "/map", Glyph::Map, "m"),
    ("Costs", "/costs", Glyph::Costs, "c"),
    ("Alerts", "/alerts", Glyph::Alerts, "a"),
];

/// Where those go who look after the server: at the foot of the rail, in order.
pub const FOOT: [Place; 2] =
    [("Ingest", "/ingest", Glyph::Ingest, "i"), ("Settings", "/settings", Glyph::Settings, "s")];

/// The address `g` and a key lead to.
pub fn of_key(key: &str) -> Option<&'static str> {
    PLACES.iter().chain(&FOOT).find(|(.., place_key)| *place_key == key).map(|(_, href, ..)| *href)
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
        assert!(PLACES.iter().chain(&FOOT).all(|(_, href, _, key)| of_key(key) == Some(href)));
        assert_eq!(of_key("x"), None);
    }
}
