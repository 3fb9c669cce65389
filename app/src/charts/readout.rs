//! The figures under the pointer, or under the arrow keys.

use std::sync::Arc;

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;

use crate::components::figures::Swatch;

/// What the read-out says about one bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// When.
    pub title: String,
    /// Colour, name and figure, in the order they are drawn, top first.
    pub rows: Vec<(u8, String, String)>,
    /// The sum of the rows.
    pub total: String,
}

impl Reading {
    /// The same in one sentence, for screen readers.
    fn spoken(&self) -> String {
        let rows: Vec<String> = self.rows.iter().map(|(_, name, figure)| format!("{name} {figure}")).collect();
        format!("{}: total {}. {}", self.title, self.total, rows.join(", "))
    }
}

/// Answers what the bucket of an index says.
pub type Read = Arc<dyn Fn(usize) -> Reading + Send + Sync>;

/// A layer over the chart that follows the pointer; as a slider, it is one tab stop and the arrow keys move it.
#[component]
pub fn Readout(
    /// Place of every bucket, 0.0–1.0, ascending.
    places: Arc<Vec<f64>>,
    /// What a bucket says.
    read: Read,
) -> impl IntoView {
    let last = places.len().saturating_sub(1);
    let shown = RwSignal::new(None::<usize>);
    let layer = NodeRef::<Div>::new();
    let follow = {
        let places = places.clone();
        move |event: PointerEvent| {
            if let Some(layer) = layer.get_untracked() {
                let area = layer.get_bounding_client_rect();
                let at = (f64::from(event.client_x()) - area.left()) / area.width().max(1.0);
                shown.set(nearest(&places, at));
            }
        }
    };
    let step = move |event: KeyboardEvent| {
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
    let spoken = {
        let read = read.clone();
        move || shown.get().map_or_else(|| "nothing chosen".into(), |index| read(index).spoken())
    };
    view! {
        <div
            class="readout"
            node_ref=layer
            role="slider"
            tabindex="0"
            aria-label="Read the chart"
            aria-valuemin="0"
            aria-valuemax=last
            aria-valuenow=move || shown.get().unwrap_or(last)
            aria-valuetext=spoken
            on:pointermove=follow
            on:pointerleave=move |_| shown.set(None)
            on:blur=move |_| shown.set(None)
            on:keydown=step
        >
            {move || {
                let index = shown.get()?;
                let at = *places.get(index)?;
                Some(view! { <Tip reading=read(index) at/> })
            }}
        </div>
    }
    .into_any()
}

#[component]
fn Tip(reading: Reading, at: f64) -> impl IntoView {
    view! {
        // On the left half the box stands right of the line, and the other way round.
        <div class="hov" class:r=at < 0.5 style=format!("left:{:.2}%", at * 100.0) aria-hidden="true">
            <div class="tip">
                <div class="tip-h">
                    <b>{reading.title}</b>
                </div>
                {reading
                    .rows
                    .into_iter()
                    .map(|(slot, name, figure)| {
                        view! {
                            <div>
                                <Swatch colour=slot/>
                                <span>{name}</span>
                                <b class="tnum">{figure}</b>
                            </div>
                        }
                    })
                    .collect_view()}
                <div class="tip-t">
                    <span>"Total"</span>
                    <b class="tnum">{reading.total}</b>
                </div>
            </div>
        </div>
    }
    .into_any()
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
