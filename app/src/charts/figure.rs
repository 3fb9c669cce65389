//! The frame of a chart: gridlines and ticks as HTML, the drawing as SVG between them.

use leptos::prelude::*;

use super::scale::Tick;
use super::sheet::{HEIGHT, Mark, WIDTH};

/// A chart, drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// Its paths.
    pub marks: Vec<Mark>,
    /// Gridlines from bottom (0.0) to top (1.0).
    pub lines: Vec<Tick>,
    /// Ticks from left (0.0) to right (1.0).
    pub ticks: Vec<Tick>,
    /// What must be known to read the vertical axis, such as `log`.
    pub note: Option<&'static str>,
}

/// A place near the right edge, where a centred label would leave the chart.
const EDGE: f64 = 0.985;

/// A chart with its axes; what lies over the drawing are the children.
#[component]
pub fn Figure(
    /// One sentence that says what the picture shows.
    #[prop(into)]
    summary: String,
    /// The drawing.
    plot: Plot,
    /// Class that sets the height, from the page's style sheet.
    class: &'static str,
    /// What lies over the drawing: now, limits, read-out.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let percent = |at: f64| format!("{:.2}%", at * 100.0);
    let lines = plot
        .lines
        .into_iter()
        .map(|tick| {
            view! {
                <div class="gy" style=format!("bottom:{}", percent(tick.at))>
                    <span class="tnum">{tick.text}</span>
                </div>
            }
        })
        .collect_view();
    let mut parts = 0..;
    let marks = plot
        .marks
        .into_iter()
        .map(|mark| {
            let slot = mark.ink.1.to_string();
            // By this number the read-out knows which part is under the pointer.
            let part = if mark.ink.0.is_a_part() { parts.next() } else { None };
            view! {
                <path
                    class=mark.ink.0.class()
                    data-slot=slot
                    data-part=part.map(|part: usize| part.to_string())
                    d=mark.path
                    vector-effect="non-scaling-stroke"
                ></path>
            }
        })
        .collect_view();
    let ticks = plot
        .ticks
        .into_iter()
        .map(|tick| {
            let class = if tick.at < 1.0 - EDGE {
                "first"
            } else if tick.at > EDGE {
                "last"
            } else {
                ""
            };
            view! { <span class=class style=format!("left:{}", percent(tick.at))>{tick.text}</span> }
        })
        .collect_view();
    view! {
        <figure class=format!("chart {class}") role="group" aria-label=summary>
            <div class="plot">
                {lines}
                {plot.note.map(|note| view! { <span class="axn">{note}</span> })}
                <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                    {marks}
                </svg>
                {children.map(|children| children())}
            </div>
            <div class="gx" aria-hidden="true">
                {ticks}
            </div>
        </figure>
    }
    .into_any()
}
