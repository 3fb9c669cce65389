//! The brush over the strip of the whole trace: chooses the part of the time that the axis shows.
//!
//! A drag over the strip chooses anew, a drag of an end moves it, the arrows move the end that has the keyboard, and a double click
//! shows everything again. What is chosen is in the address when the hand lets go; until then the cost within is read off the
//! running tab, and told exactly by the server after that.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use model::UsdSum;
use model::trace::waterfall::{Extent, RunningTab, Zoom};
use web_sys::Element;

use super::viewer::Viewer;
use crate::format::{duration, money, number};

/// A hand that clicks moves a little.
const DRAG_PIXELS_MIN: i32 = 4;

/// Where the label has no room right of the brush any more, as a part of the strip.
const LABEL_LEFT_FROM: f64 = 0.7;

/// What a drag moves.
#[derive(Debug, Clone, Copy)]
struct Drag {
    /// The end that stays, in nanoseconds after the start of the trace.
    anchor_ns: i64,
    /// Where it began.
    x: i32,
    /// An end was taken, so that it moves at once.
    of_end: bool,
}

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
    let layer = NodeRef::<Div>::new();
    let drag = StoredValue::new(None::<Drag>);
    let moment = move |event: &PointerEvent| {
        let within = layer.get_untracked()?.get_bounding_client_rect();
        let part = (f64::from(event.client_x()) - within.left()) / within.width().max(1.0);
        Some((part.clamp(0.0, 1.0) * extent.duration_ns as f64) as i64)
    };
    let down = move |event: PointerEvent| {
        let Some(at) = moment(&event).filter(|_| event.button() == 0 && event.is_primary()) else { return };
        let zoom = viewer.zoom.get_untracked();
        let (anchor_ns, of_end) = match end_of(&event) {
            Some(End::From) => (zoom.to_ns, true),
            Some(End::To) => (zoom.from_ns, true),
            None => (at, false),
        };
        drag.set_value(Some(Drag { anchor_ns, x: event.client_x(), of_end }));
        if let Some(layer) = layer.get_untracked() {
            // Refused only for a pointer that is gone.
            let _ = layer.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: PointerEvent| {
        let Some((drag, at)) = drag.get_value().zip(moment(&event)) else { return };
        if drag.of_end || (event.client_x() - drag.x).abs() >= DRAG_PIXELS_MIN {
            viewer.spent_within.set(None);
            viewer.zoom.set(Zoom::within(extent, drag.anchor_ns, at));
        }
    };
    let up = move |_| {
        if drag.get_value().is_some() {
            drag.set_value(None);
            viewer.zoom_to(viewer.zoom.get_untracked());
        }
    };
    let ends = move || {
        let (whole, zoom) = (Zoom::whole(extent), viewer.zoom.get());
        (whole.fraction(zoom.from_ns) * 100.0, 100.0 - whole.fraction(zoom.to_ns) * 100.0)
    };
    let is_zoomed = move || !viewer.zoom.get().is_whole(extent);
    view! {
        <div
            class="brush-layer"
            node_ref=layer
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=up
            on:pointercancel=up
            on:dblclick=move |_| viewer.zoom_to(Zoom::whole(extent))
        >
            <i class="mask" style=move || format!("left:0;width:{:.4}%", ends().0)></i>
            <i class="mask" style=move || format!("right:0;width:{:.4}%", ends().1)></i>
            <div class="brush" class:whole=move || !is_zoomed() style=move || format!("left:{:.4}%;right:{:.4}%", ends().0, ends().1)>
                <Handle viewer end=End::From/>
                <Handle viewer end=End::To/>
                <Show when=is_zoomed>
                    <span class="blabel tnum" data-side=move || if 100.0 - ends().1 > LABEL_LEFT_FROM * 100.0 { "l" } else { "r" }>
                        {move || label(viewer, extent)}
                    </span>
                </Show>
            </div>
        </div>
    }
}

/// The end that was pressed, if it was one.
fn end_of(event: &PointerEvent) -> Option<End> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    let handle = target.closest(".h").ok().flatten()?;
    Some(if handle.class_list().contains("l") { End::From } else { End::To })
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
