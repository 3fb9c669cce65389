//! The dearest traces of one owner.

use leptos::prelude::*;
use model::cost::Owner;

use super::across::covers;
use super::api::Traces;
use crate::components::owner;
use crate::components::states::Empty;
use crate::components::trace_table::TraceTable;
use crate::pages::costs::export::exactly;

/// The panel's content.
#[component]
pub fn Dearest(
    /// Whose.
    owner: Owner,
    /// Its traces.
    traces: Traces,
) -> impl IntoView {
    let all = owner::traces_href([&owner], &exactly(traces.covered.range));
    let body = if traces.dearest.is_empty() {
        view! { <Empty title="No trace of it in this range">"Choose a longer one."</Empty> }.into_any()
    } else {
        view! { <TraceTable traces=traces.dearest/> }.into_any()
    };
    view! {
        <header>
            <h2 id="dearest">"Most expensive traces"</h2>
            {covers(traces.covered)}
            <div class="spacer"></div>
            {all.map(|href| view! { <a class="link fs-12" href=href>"All by cost"</a> })}
        </header>
        {body}
    }
    .into_any()
}
