//! The whole trace in a strip, with the running tab over it.

use std::collections::BTreeMap;

use leptos::prelude::*;
use model::trace::waterfall::RunningTab;

use super::limit;
use super::read::TraceView;
use crate::format::money;

/// Width and height of the strip's own coordinates.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 46.0;

/// Space above and below bars and curve.
const MARGIN: f64 = 3.0;

/// Height of one bar.
const BAR_HEIGHT: f64 = 1.7;

/// Bars of all spans and the curve of what they have cost so far.
#[component]
pub fn Minimap(
    /// The trace.
    view: TraceView,
) -> impl IntoView {
    let (extent, palette) = (view.sheet.extent, view.palette());
    // The lowest bar ends at the margin.
    let rows = view.overview.minimap.last().map_or(1, |bar| bar.row + 1).max(2);
    let step = ((HEIGHT - 2.0 * MARGIN - BAR_HEIGHT) / (rows - 1) as f64).min(4.0);
    // One path per colour, what failed on top: a large trace has thousands of bars.
    let mut paths: BTreeMap<(bool, u8), String> = BTreeMap::new();
    for bar in &view.overview.minimap {
        let left = extent.fraction(bar.offset_ns) * WIDTH;
        let width = (extent.fraction(bar.offset_ns.saturating_add(bar.duration_ns)) * WIDTH - left).max(1.0);
        let y = MARGIN + step * bar.row as f64;
        let path = paths.entry((bar.failed, palette.slot(&bar.service))).or_default();
        path.push_str(&format!("M{left:.1} {y:.1}h{width:.1}v{BAR_HEIGHT}h-{width:.1}z"));
    }
    let bars = paths.into_iter().map(|((failed, slot), path)| {
        view! { <path class="mini-bar" class:failed=failed data-slot=slot.to_string() d=path></path> }
    });
    let curve = curve(&view.overview.tab);
    let total = money::amount(view.overview.tab.total());
    view! {
        <div class="mini" role="group" aria-label="Trace minimap">
            <div class="mini-lab">
                <b>"Running tab"</b>
                <span class="tnum">{format!("$0 → {total}")}</span>
            </div>
            <div class="mini-plot">
                <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
                    {bars.collect_view()}
                    <path class="tab-fill" d=format!("{curve}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z")></path>
                    <path class="tab-line" d=curve vector-effect="non-scaling-stroke"></path>
                    {limit::line(&view, WIDTH, HEIGHT, MARGIN)}
                </svg>
                {limit::moment(&view)}
            </div>
        </div>
    }
}

/// The curve as straight lines between its moments; flat stretches are one line.
fn curve(tab: &RunningTab) -> String {
    let total = tab.total().pico().max(1) as f64;
    let last = tab.points.len().saturating_sub(1);
    let mut path = String::new();
    for (moment, point) in tab.points.iter().enumerate() {
        let before = moment.checked_sub(1).and_then(|before| tab.points.get(before));
        let is_corner =
            moment == 0 || moment == last || before != Some(point) || tab.points.get(moment + 1) != Some(point);
        if is_corner {
            let x = WIDTH * moment as f64 / last.max(1) as f64;
            let y = HEIGHT - (HEIGHT - MARGIN) * point.pico() as f64 / total;
            let command = if path.is_empty() { 'M' } else { 'L' };
            path.push_str(&format!("{command}{x:.0} {y:.1}"));
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::UsdSum;

    #[test]
    fn the_curve_rises_from_nothing_to_the_total_and_leaves_out_flat_points() {
        let points = [0, 0, 0, 5, 10, 10, 10].map(UsdSum::from_pico).to_vec();
        assert_eq!(curve(&RunningTab { points }), "M0 46.0L333 46.0L500 24.5L667 3.0L1000 3.0");
    }
}
