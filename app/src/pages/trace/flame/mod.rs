//! Where the time went and where the money went: two pictures of the same spans, one under the other. A click makes a box the top
//! of both; all of it is links, so every picture has its address.

use leptos::prelude::*;
use model::trace::waterfall::flame::{BoxKind, Flame, Measure};

use self::picture::Picture;
use super::read::TraceView;
use crate::format::{duration, money};
use crate::islands::waterfall::links::TraceUrl;
use crate::islands::waterfall::row::named;

mod axis;
mod boxes;
mod picture;
pub mod read;
mod words;

/// Both pictures.
#[component]
pub fn Flames(
    /// What they show.
    pair: read::Pair,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    let top = pair.is_part.then(|| view! { <Top flame=pair.time.clone() view=view.clone() url=url.clone()/> });
    let money = match pair.cost.total {
        0 => view! { <p class="fl-words muted">"No span here has a cost above zero."</p> }.into_any(),
        _ => view! { <Picture flame=pair.cost.clone() measure=Measure::Cost view=view.clone() url=url.clone()/> }
            .into_any(),
    };
    let (time_width, cost_width) = (time_width(&pair, &view), money::amount(read::usd(pair.cost.total)));
    view! {
        <div class="flames">
            {top}
            <section aria-labelledby="fl-time">
                <header class="fl-h">
                    <h2 class="time-t" id="fl-time">"Where the time went"</h2>
                    <span class="muted">{time_width}</span>
                </header>
                <Picture flame=pair.time.clone() measure=Measure::Time view=view.clone() url=url.clone()/>
            </section>
            <section aria-labelledby="fl-money">
                <header class="fl-h">
                    <h2 class="money-t" id="fl-money">"Where the money went"</h2>
                    <span class="muted">{format!("width is subtree cost, {cost_width}")}</span>
                </header>
                {money}
            </section>
        </div>
    }
    .into_any()
}

/// What the width of the first picture stands for: more than the trace took, when spans ran at the same time.
fn time_width(pair: &read::Pair, view: &TraceView) -> String {
    let work = read::nanos(pair.time.total);
    let width = format!("width is self time and that of all below, {}", duration::nanos(work));
    if !pair.is_part && work > view.sheet.extent.duration_ns {
        format!("{width} of work in {}", duration::nanos(view.sheet.extent.duration_ns))
    } else {
        width
    }
}

/// What is at the top of the pictures, and the ways back to the whole.
#[component]
fn Top(flame: Flame, view: TraceView, url: TraceUrl) -> impl IntoView {
    let href = |root: Option<String>| url.with_option("root", root).href(view.sheet.trace_id);
    let name = flame.boxes.first().map(|top| match &top.kind {
        BoxKind::Spans(spans) => named(&spans.name).to_owned(),
        BoxKind::MissingParent(id) => format!("parent {id}"),
        BoxKind::Narrow(_) => String::new(),
    });
    let up = flame.above.last().and_then(|above| boxes::key(&above.kind));
    let up = up.map(|key| {
        view! {
            <a class="btn" href=href(Some(key.to_string())) aria-keyshortcuts="-" data-noscroll>
                "One level up "
                <kbd>"-"</kbd>
            </a>
        }
    });
    view! {
        <div class="fl-top">
            <span class="trunc">
                "Only "
                <b>{name.unwrap_or_else(|| "a part".to_owned())}</b>
                " and what is below it"
            </span>
            {up}
            <a class="btn" href=href(None) aria-keyshortcuts="0" data-noscroll>
                "Whole trace "
                <kbd>"0"</kbd>
            </a>
        </div>
    }
    .into_any()
}
