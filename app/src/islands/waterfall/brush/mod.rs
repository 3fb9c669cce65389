//! The brush over the strip of the whole trace: chooses the part of the time that the axis shows.
//!
//! A drag over the strip chooses anew, a drag of an end moves it, the arrows move the end that has the keyboard, and a double click
//! shows everything again. What is chosen is in the address when the hand lets go; until then the cost within is read off the
//! running tab, and told exactly by the server after that.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use model::UsdSum;
use model::trace::waterfall::{Extent, RunningTab, Zoom};

use self::hand::Hand;
use super::viewer::Viewer;
use crate::format::{duration, money, number};

mod hand;

/// Where the label has no room right of the brush any more, as a part of the strip.
const LABEL_LEFT_FROM: f64 = 0.7;

/// Which end of the brush.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    From,
    To,
}

/// The brush with its ends and its label.
#[component]
pub fn Brush(
    /// Who looks at the trace.
    viewer: Viewer,
) -> impl IntoView {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let hand = Hand::of(viewer);
    let ends = move || {
        let (whole, zoom) = (Zoom::whole(extent), viewer.zoom.get());
        (whole.fraction(zoom.from_ns) * 100.0, 100.0 - whole.fraction(zoom.to_ns) * 100.0)
    };
    let side = move || if 100.0 - ends().1 > LABEL_LEFT_FROM * 100.0 { "l" } else { "r" };
    let is_zoomed = move || !viewer.zoom.get().is_whole(extent);
    view! {
        <div
            class="brush-layer"
            node_ref=hand.layer
            on:pointerdown=move |event| hand.down(&event)
            on:pointermove=move |event| hand.moved(&event)
            on:pointerup=move |_| hand.up()
            on:pointercancel=move |_| hand.up()
            on:dblclick=move |_| viewer.zoom_to(Zoom::whole(extent))
        >
            <i class="mask" style=move || format!("left:0;width:{:.4}%", ends().0)></i>
            <i class="mask" style=move || format!("right:0;width:{:.4}%", ends().1)></i>
            <div class="brush" class:whole=move || !is_zoomed() style=move || format!("left:{:.4}%;right:{:.4}%", ends().0, ends().1)>
                <Handle viewer end=End::From/>
                <Handle viewer end=End::To/>
                <Show when=is_zoomed>
                    <span class="blabel tnum" data-side=side>
                        {move || label(viewer, extent)}
                    </span>
                </Show>
            </div>
        </div>
    }
}

/// One end, a slider for the keyboard.
#[component]
fn Handle(viewer: Viewer, end: End) -> impl IntoView {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let at = move || match end {
        End::From => viewer.zoom.get().from_ns,
        End::To => viewer.zoom.get().to_ns,
    };
    let press = move |event: KeyboardEvent| {
        let (now, step) = (untrack(at), (extent.duration_ns / 100).max(1));
        let wanted = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => now - step,
            "ArrowRight" | "ArrowUp" => now + step,
            "PageDown" => now - 10 * step,
            "PageUp" => now + 10 * step,
            "Home" => 0,
            "End" => extent.duration_ns,
            _ => return,
        };
        event.prevent_default();
        let zoom = viewer.zoom.get_untracked();
        // An end stays on its side of the other.
        viewer.zoom_to(match end {
            End::From => Zoom::within(extent, wanted.min(zoom.to_ns), zoom.to_ns),
            End::To => Zoom::within(extent, zoom.from_ns, wanted.max(zoom.from_ns)),
        });
    };
    let (class, name) = match end {
        End::From => ("h l needs-js", "Zoom start"),
        End::To => ("h r needs-js", "Zoom end"),
    };
    view! {
        <button
            type="button"
            class=class
            role="slider"
            aria-label=name
            aria-valuemin="0"
            aria-valuemax=in_ms(extent.duration_ns)
            aria-valuenow=move || in_ms(at())
            aria-valuetext=move || format!("{} ms", in_ms(at()))
            on:keydown=press
        ></button>
    }
}

/// Milliseconds with as many decimals as it takes.
fn in_ms(ns: i64) -> String {
    let text = format!("{}.{:06}", ns / 1_000_000, ns % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `11.6 s of 3m 06s · $0.1141`.
fn label(viewer: Viewer, extent: Extent) -> String {
    let zoom = viewer.zoom.get();
    let (part, whole) = (duration::nanos(zoom.duration_ns()), duration::nanos(extent.duration_ns));
    let cost = match viewer.spent_within.get() {
        Some(cost) => money::amount(cost),
        None => viewer.sheet.with_value(|sheet| format!("≈ {}", money::amount(about(&sheet.tab, extent, zoom)))),
    };
    format!("{part} of {whole} · {cost}")
}

/// What was spent in a part of the time, between the moments of the running tab as if it had run up evenly.
fn about(tab: &RunningTab, extent: Extent, zoom: Zoom) -> UsdSum {
    let last = tab.points.len().saturating_sub(1);
    let paid = |ns: i64| {
        let at = number::share(ns.into(), extent.duration_ns.into()) * last as f64;
        // Within the tab, since the part is within the trace.
        let before = (at as usize).min(last);
        let point = |place: usize| tab.points.get(place.min(last)).copied().unwrap_or_default().pico();
        let rest = (point(before + 1) - point(before)) as f64 * (at - before as f64);
        point(before) + rest as i128
    };
    UsdSum::from_pico((paid(zoom.to_ns) - paid(zoom.from_ns)).max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_exact() {
        assert_eq!([0, 1_500_000, 12_000_000, 1].map(in_ms), ["0", "1.5", "12", "0.000001"]);
    }

    #[test]
    fn between_its_moments_the_running_tab_runs_up_evenly() {
        let tab = RunningTab { points: [0, 100, 100, 400].map(UsdSum::from_pico).to_vec() };
        let extent = Extent { start_ns: 0, duration_ns: 300 };
        let about = |from_ns, to_ns| about(&tab, extent, Zoom { from_ns, to_ns }).pico();
        assert_eq!([about(0, 300), about(50, 150), about(250, 300), about(100, 200)], [400, 50, 150, 0]);
    }
}
