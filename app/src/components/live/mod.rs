//! What the server tells without being asked: one event stream per open page.
//!
//! A page that shows costs or alerts reads the counters here in the source of its resources, and so asks again
//! when they change. Nothing is patched into what is shown: what a page says always comes from one answer.

use leptos::prelude::*;
use model::health::IngestHealth;

mod stream;

pub use stream::connect;

/// Counters that change when the server has news, and the last word about ingest.
#[derive(Debug, Clone, Copy)]
pub struct Live {
    /// Changes when costs did, at most every `COSTS_PAUSE`.
    pub costs: RwSignal<u32>,
    /// Changes when any alert did.
    pub alerts: RwSignal<u32>,
    /// The latest health of ingest; `None` until the stream has told.
    pub ingest: RwSignal<Option<IngestHealth>>,
    costs_pause: StoredValue<Pause>,
}

/// Where the pause after news about costs stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pause {
    /// The next news is told at once.
    Over,
    /// News was told, none came since.
    Quiet,
    /// News came that is told when the pause ends.
    HoldingBack,
}

/// New costs arrive every second under load; people read figures more slowly, and every change asks the database.
const COSTS_PAUSE: std::time::Duration = std::time::Duration::from_secs(5);

impl Live {
    /// Nothing has happened yet.
    #[expect(clippy::new_without_default, reason = "signals belong to an owner; a default would hide that")]
    pub fn new() -> Self {
        Self {
            costs: RwSignal::new(0),
            alerts: RwSignal::new(0),
            ingest: RwSignal::new(None),
            costs_pause: StoredValue::new(Pause::Over),
        }
    }
}
