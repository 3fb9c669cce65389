//! The axis of a picture: amounts of time or money, from the left edge.

use leptos::prelude::*;
use model::trace::waterfall::axis::ticks_between;
use model::trace::waterfall::flame::Measure;

use super::read::{nanos, usd};
use crate::format::{duration, money, number};

/// Labels on it: more would touch each other beside the drawer.
const TICKS_MAX: usize = 6;

/// Share of the axis from which a label would run over its end.
const LABELLED_SHARE: f64 = 0.93;

/// The axis.
#[component]
pub fn Axis(
    /// What widths stand for.
    measure: Measure,
    /// What the whole width stands for.
    total: i128,
) -> impl IntoView {
    let label = |tick: i64| match (measure, tick) {
        (Measure::Time, 0) => "0".to_owned(),
        (Measure::Time, tick) => duration::nanos(tick),
        (Measure::Cost, tick) => money::axis(usd(tick.into())),
    };
    let labels = ticks_between(0, nanos(total), TICKS_MAX).1.into_iter().filter_map(|tick| {
        let share = number::share(tick.into(), total);
        (share < LABELLED_SHARE)
            .then(|| view! { <span style=format!("left:{:.3}%", share * 100.0)>{label(tick)}</span> })
    });
    view! {
        <div class="fl-ax tnum" aria-hidden="true">
            {labels.collect_view()}
        </div>
    }
    .into_any()
}
