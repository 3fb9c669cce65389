//! What the head of the page says of clocks that differ.

use leptos::prelude::*;
use model::trace::waterfall::{Skew, Times};

use super::read::TraceView;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, number};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::look::Look;

/// Which clocks are behind, what was done about it, and the way to the other times.
#[component]
pub fn Clocks(
    /// The trace.
    view: TraceView,
    /// The view it is in.
    url: TraceUrl,
) -> impl IntoView {
    let Some(skew) = view.overview.skew else { return ().into_any() };
    let (other, way) = match skew.times {
        Times::Corrected => (Times::AsSent, "Show times as sent"),
        Times::AsSent => (Times::Corrected, "Correct the clocks"),
    };
    let look = Look { times: other, ..url.look.clone() };
    let href = url.with_look(look).href(view.sheet.trace_id);
    view! {
        <p class="banner warn clocks">
            <Icon glyph=Glyph::Clock size=Size::Medium/>
            <span>{words(skew)}</span>
            <a class="link" href=href>{way}</a>
        </p>
    }
    .into_any()
}

fn words(skew: Skew) -> String {
    let (spans, most) = (number::counted(skew.spans as i64, "span"), duration::nanos(skew.max_ns));
    let (begins, it, clock) = match skew.spans {
        1 => ("begins before what caused it", "it is", "its clock is"),
        _ => ("begin before what caused them", "they are", "their clocks are"),
    };
    match skew.times {
        Times::Corrected => format!("{spans} {begins}: {clock} up to {most} behind, so {it} shown shifted."),
        Times::AsSent => format!("{spans} {begins}: {clock} up to {most} behind. Times are shown as they were sent."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_about_the_clocks_is_said() {
        let skew = Skew { spans: 2, max_ns: 12_000_000, times: Times::Corrected };
        assert_eq!(
            words(skew),
            "2 spans begin before what caused them: their clocks are up to 12 ms behind, so they are shown shifted."
        );
        let skew = Skew { spans: 1, times: Times::AsSent, ..skew };
        assert_eq!(
            words(skew),
            "1 span begins before what caused it: its clock is up to 12 ms behind. Times are shown as they were sent."
        );
    }
}
