//! The views of a trace, one of which is shown at a time.
//!
//! To add one: a variant, its line in [`Tab::ALL`], and what it shows in `crate::pages::trace::tabs`.

use serde::{Deserialize, Serialize};

/// A view of a trace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tab {
    /// Every span by when it ran.
    #[default]
    Waterfall,
    /// Where time and money went, one under the other.
    Flame,
    /// What called what.
    Graph,
    /// Sums by service, operation or model, and single spans.
    Table,
    /// What was said to models and tools, in order.
    Conversation,
    /// The trace as other programs read it.
    Json,
}

impl Tab {
    /// All of them in the order they are shown in: view, name, value of `tab` in the address, key. A key stays with its view
    /// when others come or are left out.
    pub const ALL: [(Self, &str, &str, &str); 6] = [
        (Self::Waterfall, "Waterfall", "", "1"),
        (Self::Flame, "Flame", "flame", "2"),
        (Self::Graph, "Graph", "graph", "3"),
        (Self::Table, "Table", "table", "4"),
        (Self::Conversation, "Conversation", "conversation", "5"),
        (Self::Json, "JSON", "json", "6"),
    ];

    /// The view of an address; the waterfall for what is none.
    pub fn read(value: Option<&str>) -> Self {
        Self::ALL.iter().find(|(_, _, word, _)| Some(*word) == value).map_or(Self::Waterfall, |(tab, ..)| *tab)
    }

    /// Its value in the address; empty for the waterfall.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(tab, ..)| *tab == self).map_or("", |(_, _, word, _)| word)
    }

    /// Whether its picture has bars, coloured by service or by cost.
    pub const fn has_bars(self) -> bool {
        matches!(self, Self::Waterfall | Self::Flame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_view_is_found_by_its_word() {
        for (tab, _, word, _) in Tab::ALL {
            assert_eq!((tab.word(), Tab::read(Some(word))), (word, tab));
        }
        assert_eq!((Tab::read(None), Tab::read(Some("pie"))), (Tab::Waterfall, Tab::Waterfall));
    }
}
