//! Pins on a chart: what happened in a bucket, each a link to more about it.

use leptos::prelude::*;

use super::bundle::{Bundle, Label, bundle};

/// Pins stand between these heights, so that dot and label stay within the chart.
const HEIGHTS: (f64, f64) = (0.12, 0.93);

/// Something that happened in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// When.
    pub bucket: usize,
    /// More about it.
    pub href: String,
    /// A few words beside the dot.
    pub label: String,
    /// All of it in a sentence.
    pub words: String,
}

/// The pins of a chart, bundled where they would hide each other.
#[component]
pub fn Pins(
    /// What is pinned.
    pins: Vec<Pin>,
    /// Where each bucket is drawn, 0.0–1.0.
    places: Vec<f64>,
    /// How high each bucket is drawn, 0.0–1.0.
    roofs: Vec<f64>,
    /// What they are, one of several: `alert`.
    what: &'static str,
) -> impl IntoView {
    let called = |pins: &[Pin]| match pins {
        [pin] => pin.label.clone(),
        pins => several(pins, what),
    };
    let bundles = bundle(pins.into_iter().map(|pin| (pin.bucket, pin)).collect(), &places, called);
    bundles
        .into_iter()
        .map(|bundle| {
            let figure = |figures: &[f64]| figures.get(bundle.bucket).copied().unwrap_or_default();
            let height = figure(&roofs).clamp(HEIGHTS.0, HEIGHTS.1);
            let place = figure(&places);
            let style = format!("left:{:.2}%;top:{:.2}%", place * 100.0, (1.0 - height) * 100.0);
            view! { <One bundle style is_first_half=place < 0.5 what/> }
        })
        .collect_view()
}

/// A dot that is a link, or one that opens a list of them.
#[component]
fn One(bundle: Bundle<Pin>, style: String, is_first_half: bool, what: &'static str) -> impl IntoView {
    let side = match bundle.label {
        Label::Left => "left",
        Label::Right => "right",
        Label::Hidden => "hidden",
    };
    if let [pin] = bundle.pins.as_slice() {
        return view! {
            <a class="ann" data-label=side style=style href=pin.href.clone() aria-label=pin.words.clone() title=pin.words.clone()>
                <span aria-hidden="true">{pin.label.clone()}</span>
            </a>
        }
        .into_any();
    }
    let (count, name) = (several(&bundle.pins, what), several(&bundle.pins, what));
    let links = bundle
        .pins
        .into_iter()
        // The newest first.
        .rev()
        .map(|pin| view! { <a href=pin.href>{pin.words}</a> })
        .collect_view();
    view! {
        <details class="anns" class:anns--first=is_first_half style=style>
            <summary class="ann" data-label=side aria-label=name>
                <span aria-hidden="true">{count}</span>
            </summary>
            <div class="menu anns__menu">{links}</div>
        </details>
    }
    .into_any()
}

fn several(pins: &[Pin], what: &str) -> String {
    format!("{} {what}s", pins.len())
}
