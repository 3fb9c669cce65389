//! What the head of the page says of spans that were refused.

use leptos::prelude::*;

use super::read::TraceView;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::number;

/// How many, why, and the way to all that was refused.
#[component]
pub fn Refused(
    /// The trace.
    view: TraceView,
) -> impl IntoView {
    let lines = view.refused.into_iter().map(|(reason, spans)| {
        view! {
            <p class="banner warn refused">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>{words(&reason, spans)}</span>
                <a class="link" href="/ingest">"What was refused"</a>
            </p>
        }
    });
    lines.collect_view()
}

fn words(reason: &str, spans: u64) -> String {
    let counted = number::counted(i64::try_from(spans).unwrap_or(i64::MAX), "span");
    let was = if spans == 1 { "was" } else { "were" };
    format!("{counted} of this trace {was} refused: {reason}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_is_counted_with_its_reason() {
        assert_eq!(words("bad time", 1), "1 span of this trace was refused: bad time.");
        assert_eq!(words("bad time", 1_200), "1,200 spans of this trace were refused: bad time.");
    }
}
