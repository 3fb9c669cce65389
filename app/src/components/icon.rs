//! Icons: references into the sprite that the document carries once.

use leptos::prelude::*;

macro_rules! icons {
    ($($variant:ident = $id:literal),+ $(,)?) => {
        /// The icons there are; each is a `<symbol>` of `sprite.svg`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Glyph { $(#[doc = $id] $variant),+ }

        impl Glyph {
            /// Every icon.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Reference to the symbol.
            pub const fn href(self) -> &'static str {
                match self { $(Self::$variant => concat!("#i-", $id)),+ }
            }
        }
    };
}

icons! {
    Alerts = "alerts", Calendar = "calendar", Caret = "caret", CaretDown = "caretd", Check = "check", Back = "chev2",
    Clock = "clock", Compare = "compare", Copy = "copy", Costs = "costs", Download = "download", Error = "error",
    Expand = "expand", Filter = "filter", Ingest = "ingest", Agent = "k_agent", Browser = "k_browser", Client = "k_client",
    Consumer = "k_consumer", Database = "k_db", Decision = "k_decision", Internal = "k_internal", Model = "k_llm",
    Producer = "k_producer", Queue = "k_queue", Robot = "k_robot", Server = "k_server", Storage = "k_store",
    Tool = "k_tool", Key = "key", Keyboard = "keyboard", Link = "link", Map = "map", Moon = "moon", More = "more",
    Ok = "okc", Overview = "overview", Pin = "pin", Play = "play", Plus = "plus", Search = "search",
    Settings = "settings", Share = "share", Shrink = "shrink", Snooze = "snooze", Sun = "sun", Traces = "traces",
    Up = "up", Warn = "warn", Close = "x",
}

/// How large an icon is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Size {
    /// 12 px, in badges.
    Small,
    /// 14 px, in buttons.
    Medium,
    /// 16 px.
    #[default]
    Normal,
}

impl Size {
    /// The classes of the icon.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Small => "i i-12",
            Self::Medium => "i i-14",
            Self::Normal => "i",
        }
    }
}

/// An icon; decoration only, so what it says must also be said in words.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
    /// How large; 16 px unless told.
    #[prop(optional)]
    size: Size,
) -> impl IntoView {
    view! {
        <svg class=size.class() aria-hidden="true">
            <use href=glyph.href()></use>
        </svg>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::Glyph;

    #[test]
    fn every_icon_is_in_the_sprite() {
        let sprite = include_str!("../sprite.svg");
        for glyph in Glyph::ALL {
            let id = glyph.href().trim_start_matches('#');
            assert!(sprite.contains(&format!("id=\"{id}\"")), "{glyph:?} has no symbol {id}");
        }
    }
}
