//! What was said in a trace: model calls and tools in order, with what each cost and the running total beside it.
//!
//! What a call repeats of what was said before is told once; `read` reads a page of turns, `turn` draws one, `piece` a part of a
//! message.

use leptos::prelude::*;
use model::UsdSum;

use self::read::Page;
use super::read::TraceView;
use crate::components::pager::Pager;
use crate::components::states::Empty;
use crate::format::{money, number};
use crate::islands::waterfall::links::TraceUrl;

mod piece;
pub mod read;
mod tool;
mod turn;

/// A page of the dialogue.
#[component]
pub fn Conversation(
    /// The turns.
    page: Page,
    /// The trace.
    view: TraceView,
    /// The address, for links.
    url: TraceUrl,
) -> impl IntoView {
    if page.turns_total == 0 {
        return view! {
            <Empty title="Nobody talked to a model here">
                "No span of this trace is a call of a language model or of a tool."
            </Empty>
        }
        .into_any();
    }
    let trace_id = view.sheet.trace_id;
    let turns = page.turns.iter().map(|turn| turn::turn(turn, trace_id, &url)).collect_view();
    let (from, to) = (page.first + 1, page.first + page.turns.len());
    let [from_words, to_words, total] = [from, to, page.turns_total].map(|count| number::count(count as i64));
    let at = |first: usize| {
        let number = (first / read::TURNS_PER_PAGE > 0).then(|| (first / read::TURNS_PER_PAGE + 1).to_string());
        url.with_option("page", number).with_span(None).href(trace_id)
    };
    let next = (to < page.turns_total).then(|| at(page.first + read::TURNS_PER_PAGE));
    let previous = (page.first > 0).then(|| at(page.first.saturating_sub(read::TURNS_PER_PAGE)));
    let previous = previous.map(|href| view! { <a class="btn" href=href rel="prev">"Previous page"</a> });
    let carried = (page.first > 0).then(|| {
        let before = page.turns.first().map(|turn| turn.running - turn.cost.unwrap_or_default().into());
        let before = before.map(money::amount).unwrap_or_default();
        view! { <p class="conv-carried muted">{format!("{} turns before this page cost {before}.", number::count(page.first as i64))}</p> }
    });
    let sums = sums(&page, view.sheet.own_cost);
    view! {
        <div class="conv" tabindex="0" role="region" aria-label="What was said">
            <div class="conv-h" aria-hidden="true">
                <span>"Time"</span>
                <span>"Messages"</span>
                <span>"Turn cost, running tab"</span>
            </div>
            {carried}
            {turns}
            <p class="conv-sums muted">{sums}</p>
            <div class="conv-pages">
                {previous}
                <Pager shown=format!("Turns {from_words} to {to_words} of {total}") next first=None/>
            </div>
        </div>
    }
    .into_any()
}

/// What all turns cost, and what is left of the trace's total for other spans.
fn sums(page: &Page, total: UsdSum) -> String {
    let tools = page.turns_total - page.model_calls;
    let calls = number::counted(page.model_calls as i64, "model call");
    let tools = number::counted(tools as i64, "tool call");
    let unpriced = match page.unpriced {
        0 => String::new(),
        count => format!(" The cost of {} is not known.", number::counted(count as i64, "turn")),
    };
    let (cost, rest) = (money::amount(page.cost), money::amount(total - page.cost));
    format!("{calls} and {tools} cost {cost}; all other spans of the trace {rest}.{unpriced}")
}
