//! The figures under the pointer, or under the arrow keys.

use std::sync::Arc;

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::components::figures::Swatch;

/// Everything a read-out can say, in words and figures as they are shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Readings {
    /// Place of every bucket, 0.0–1.0, ascending.
    pub places: Vec<f64>,
    /// When each bucket is.
    pub titles: Vec<String>,
    /// Colour, name and figures of the parts, in the order they are drawn, top first.
    pub parts: Vec<(u8, String, Vec<String>)>,
    /// The sum of the parts.
    pub totals: Vec<String>,
}

impl Readings {
    fn last(&self) -> usize {
        self.places.len().saturating_sub(1)
    }

    /// Colour, name and figure of every part in a bucket.
    fn rows(&self, index: usize) -> impl Iterator<Item = (u8, String, String)> {
        let figure = move |figures: &[String]| figures.get(index).cloned().unwrap_or_default();
        self.parts.iter().map(move |(slot, name, figures)| (*slot, name.clone(), figure(figures)))
    }

    fn title(&self, index: usize) -> String {
        self.titles.get(index).cloned().unwrap_or_default()
    }

    fn total(&self, index: usize) -> String {
        self.totals.get(index).cloned().unwrap_or_default()
    }

    /// A bucket in one sentence, for screen readers.
    fn spoken(&self, index: usize) -> String {
        let rows: Vec<String> = self.rows(index).map(|(_, name, figure)| format!("{name} {figure}")).collect();
        format!("{}: total {}. {}", self.title(index), self.total(index), rows.join(", "))
    }
}

/// What stands in the document for a read-out: a hidden element, so that newer figures reach it with the page.
#[component]
pub fn ReadingsData(
    /// The id by which [`Readout`] finds it.
    id: &'static str,
    /// Everything there is to read.
    readings: Readings,
) -> impl IntoView {
    // Numbers and text always have a JSON form.
    let json = serde_json::to_string(&readings).unwrap_or_default();
    view! { <data id=id value=json hidden></data> }
}

/// The readings under an id, as the document holds them now.
fn read(id: &str) -> Arc<Readings> {
    let json = document().get_element_by_id(id).and_then(|data| data.get_attribute("value")).unwrap_or_default();
    Arc::new(serde_json::from_str(&json).unwrap_or_default())
}

/// A layer over the chart that follows the pointer; as a slider, it is one tab stop and the arrow keys move it.
#[island]
pub fn Readout(
    /// The id of its [`ReadingsData`].
    source: String,
    /// Index of the last bucket when the page was made.
    last: usize,
) -> impl IntoView {
    let readings = RwSignal::new(Arc::new(Readings::default()));
    let shown = RwSignal::new(None::<usize>);
    let layer = NodeRef::<Div>::new();
    let source = StoredValue::new(source);
    // Read when somebody begins to look: figures may have come since the last time.
    let begin = move || readings.set(source.with_value(|source| read(source)));
    let follow = move |event: PointerEvent| {
        if shown.with_untracked(Option::is_none) {
            begin();
        }
        if let Some(layer) = layer.get_untracked() {
            let area = layer.get_bounding_client_rect();
            let at = (f64::from(event.client_x()) - area.left()) / area.width().max(1.0);
            shown.set(readings.with_untracked(|readings| nearest(&readings.places, at)));
        }
    };
    let step = move |event: KeyboardEvent| {
        if shown.with_untracked(Option::is_none) {
            begin();
        }
        let last = readings.with_untracked(|readings| readings.last());
        let now = shown.get_untracked().unwrap_or(last);
        let next = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => (now + 1).min(last),
            "Home" => 0,
            "End" => last,
            "Escape" => {
                shown.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        shown.set(Some(next));
    };
    let spoken = move || match shown.get() {
        Some(index) => readings.with(|readings| readings.spoken(index)),
        None => "nothing chosen".to_owned(),
    };
    view! {
        <div
            class="readout"
            node_ref=layer
            role="slider"
            tabindex="0"
            aria-label="Read the chart"
            aria-valuemin="0"
            aria-valuemax=move || readings.with(|readings| readings.last()).max(last)
            aria-valuenow=move || shown.get().unwrap_or(last)
            aria-valuetext=spoken
            on:pointermove=follow
            on:pointerleave=move |_| shown.set(None)
            on:blur=move |_| shown.set(None)
            on:keydown=step
        >
            {move || {
                let index = shown.get()?;
                let readings = readings.get();
                let at = *readings.places.get(index)?;
                Some(view! { <Tip readings index at/> })
            }}
        </div>
    }
}

#[component]
fn Tip(readings: Arc<Readings>, index: usize, at: f64) -> impl IntoView {
    let rows = readings.rows(index).map(|(slot, name, figure)| {
        view! {
            <div>
                <Swatch colour=slot/>
                <span>{name}</span>
                <b class="tnum">{figure}</b>
            </div>
        }
    });
    view! {
        // On the left half the box stands right of the line, and the other way round.
        <div class="hov" class:r=at < 0.5 style=format!("left:{:.2}%", at * 100.0) aria-hidden="true">
            <div class="tip">
                <div class="tip-h">
                    <b>{readings.title(index)}</b>
                </div>
                {rows.collect_view()}
                <div class="tip-t">
                    <span>"Total"</span>
                    <b class="tnum">{readings.total(index)}</b>
                </div>
            </div>
        </div>
    }
}

/// The bucket whose place is nearest to `at`.
fn nearest(places: &[f64], at: f64) -> Option<usize> {
    let after = places.partition_point(|place| *place < at);
    let candidates = [after.checked_sub(1), (after < places.len()).then_some(after)];
    let distance = |index: &usize| places.get(*index).map_or(f64::MAX, |place| (place - at).abs());
    candidates.into_iter().flatten().min_by(|a, b| distance(a).total_cmp(&distance(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_bucket_is_read() {
        let places = [0.1, 0.5, 0.9];
        assert_eq!(nearest(&places, 0.0), Some(0));
        assert_eq!(nearest(&places, 0.29), Some(0));
        assert_eq!(nearest(&places, 0.31), Some(1));
        assert_eq!(nearest(&places, 7.0), Some(2));
        assert_eq!(nearest(&[], 0.5), None);
    }
}
