//! One picture: axis, boxes, and what is not drawn of it.

use leptos::prelude::*;
use model::trace::waterfall::flame::{Flame, Measure};

use super::axis::Axis;
use super::{boxes, words};
use crate::islands::waterfall::links::TraceUrl;
use crate::pages::trace::read::TraceView;

/// The boxes of one measure.
#[component]
pub fn Picture(
    /// The picture.
    flame: Flame,
    /// What widths stand for.
    measure: Measure,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let palette = view.palette();
    let paint = boxes::Paint { measure, view: &view, url: &url, palette: &palette, total: flame.total };
    let above = flame.above.iter().zip(0..).map(|(each, line)| paint.above(each, line)).collect_view();
    let lifted = flame.above.len() as u32;
    let drawn = flame.boxes.iter().map(|each| paint.of(each, lifted)).collect_view();
    let label = match measure {
        Measure::Time => "Spans by the time they took",
        Measure::Cost => "Spans by what they cost",
    };
    let more = (flame.above_more > 0).then(|| format!("{} more levels above. ", flame.above_more));
    view! {
        <Axis measure total=flame.total/>
        <div class="fl-plot" role="group" aria-label=label data-roves style=format!("--levels:{}", lifted + flame.levels)>
            {above}
            {drawn}
        </div>
        <p class="fl-words muted">{more} {words::drawn(flame.spans, measure)}</p>
    }
    .into_any()
}
