//! The last cell of a row: where its time lies.

use leptos::prelude::*;
use model::span::Status;
use model::trace::waterfall::{EventMark, SimilarRow, SpanRow};

use crate::format::{duration, number};
use crate::islands::waterfall::bars::{LabelSide, bar_style, moment_style, part_style};
use crate::islands::waterfall::viewer::Viewer;

/// Tint for the whole, solid where no child was running, a line where the critical path runs, marks for events and failure, the
/// duration beside it.
#[component]
pub fn Bar(
    /// The span.
    span: SpanRow,
    /// Who looks at it.
    viewer: Viewer,
) -> impl IntoView {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let end_ns = span.offset_ns.saturating_add(span.duration_ns);
    let failed = span.status == Status::Error;
    let parts = |class: &'static str, parts: &[model::trace::waterfall::Part]| {
        parts.iter().map(|part| view! { <i class=class style=part_style(extent, *part)></i> }).collect_view()
    };
    let events = viewer.events_of(span.span_id).into_iter().map(|event| {
        let EventMark { offset_ns, name, is_exception } = event;
        view! { <i class="ev" class:x=is_exception style=moment_style(extent, offset_ns) title=name></i> }
    });
    view! {
        <i class="b t" style=bar_style(extent, span.offset_ns, span.duration_ns)></i>
        {parts("b s", &span.self_parts)}
        {parts("cp", &span.critical_parts)}
        {events.collect_view()}
        {failed.then(|| view! { <i class="er" style=moment_style(extent, end_ns)></i> })}
        {label(viewer, span.offset_ns, end_ns, duration::nanos(span.duration_ns), failed)}
    }
}

/// A tint from the first to the last, a mark where one of them lies, red where one failed; beside it what their durations are,
/// each by the name of its statistic.
#[component]
pub fn SimilarBar(
    /// Similar spans.
    similar: SimilarRow,
    /// Who looks at it.
    viewer: Viewer,
) -> impl IntoView {
    let extent = viewer.sheet.with_value(|sheet| sheet.extent);
    let ticks = similar.ticks.iter().map(|tick| {
        let style = if tick.failed { moment_style(extent, tick.part.offset_ns) } else { part_style(extent, tick.part) };
        view! { <i class="gt" class:x=tick.failed style=style></i> }
    });
    view! {
        <i class="b t grp" style=bar_style(extent, similar.offset_ns, similar.duration_ns)></i>
        {ticks.collect_view()}
        {label(viewer, similar.offset_ns, similar.offset_ns.saturating_add(similar.duration_ns), statistics(&similar), false)}
    }
}

/// `p50 212 ms · max 1.91 s · 3 errors`.
pub fn statistics(similar: &SimilarRow) -> String {
    let (p50, max) = (duration::nanos(similar.p50_ns), duration::nanos(similar.max_ns));
    let failed = (similar.failed > 0).then(|| format!(" · {}", number::counted(similar.failed as i64, "error")));
    format!("p50 {p50} · max {max}{}", failed.unwrap_or_default())
}

/// Words beside a bar, where there is room; at the end of the axis beyond which the bar lies, when it is not on it.
fn label(viewer: Viewer, from_ns: i64, to_ns: i64, text: String, failed: bool) -> impl IntoView {
    let ends = move || {
        let zoom = viewer.zoom.get();
        (zoom.fraction(from_ns), zoom.fraction(to_ns))
    };
    let side = move || {
        let (left, right) = ends();
        LabelSide::of(left, right)
    };
    let style = move || {
        let (left, right) = ends();
        match side() {
            LabelSide::Right => format!("left:{:.3}%", right * 100.0),
            LabelSide::Left => format!("right:{:.3}%", (1.0 - left) * 100.0),
            LabelSide::Inside => format!("right:{:.3}%", (1.0 - right.min(1.0)) * 100.0),
            LabelSide::Before => "left:0".to_owned(),
            LabelSide::After => "right:0".to_owned(),
        }
    };
    let data_side = move || match side() {
        LabelSide::Right => "r",
        LabelSide::Left => "l",
        LabelSide::Inside => "in",
        LabelSide::Before => "before",
        LabelSide::After => "after",
    };
    view! {
        <em class="bl" style=style data-side=data_side data-err=failed.then_some("")>
            {text}
        </em>
    }
}
