//! The spans around the opened one: where it stands, and the way to those above, beside and below it.

use leptos::prelude::*;
use model::TraceId;
use model::trace::waterfall::{Neighbour, Neighbours};

use crate::components::icon::{Glyph, Icon, Size};
use crate::format::number::counted;
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;

/// Links to the neighbours that there are. In the browser, the focus stays on the link of the same name.
#[component]
pub fn Around(
    /// What stands around it.
    around: Neighbours,
    /// The trace.
    trace_id: TraceId,
    /// The view it is opened in.
    url: TraceUrl,
) -> impl IntoView {
    let (place, siblings) = around.sibling;
    let children = match around.children {
        0 => String::new(),
        1 => " · 1 child".to_owned(),
        count => format!(" · {} children", crate::format::number::count(count as i64)),
    };
    let beside =
        if siblings > 1 { format!(" · {place} of {}", counted(siblings as i64, "sibling")) } else { String::new() };
    let position = format!("Level {}{beside}{children}", around.level);
    let link = |to: Option<Neighbour>, what: &'static str, class: &'static str, glyph: Glyph| {
        let Some(to) = to else {
            return view! { <span class="ibtn sm off" aria-hidden="true"><Icon glyph size=Size::Medium/></span> }
                .into_any();
        };
        let words = format!("{what}: {} ({})", named(&to.operation), to.service);
        let href = url.with_span(Some(to.span_id)).href(trace_id);
        view! {
            <a class=format!("ibtn sm {class}") id=format!("to-{class}") href=href title=words.clone() aria-label=words.clone()>
                <Icon glyph size=Size::Medium/>
            </a>
        }
        .into_any()
    };
    view! {
        <nav class="around row" aria-label="Spans around this one">
            {link(around.parent, "Parent", "above", Glyph::Up)}
            {link(around.previous, "Previous sibling", "before", Glyph::Back)}
            {link(around.next, "Next sibling", "after", Glyph::Caret)}
            {link(around.first_child, "First child", "below", Glyph::CaretDown)}
            <span class="muted trunc">{position}</span>
        </nav>
    }
}
