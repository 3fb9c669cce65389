//! What spans are sent with: which libraries, in which versions.

use leptos::prelude::*;
use model::ingest::IngestReport;

use super::words::count_text;
use crate::components::figures::ShareBar;
use crate::components::states::Empty;
use crate::format::number;

/// Lines of the panel: beside the senders there is room for as many; the rest is one more.
const LINES_MAX: usize = 20;

/// The panel.
#[component]
pub fn Sdks(
    /// What the server counted.
    report: IngestReport,
) -> impl IntoView {
    let rest: u64 = report.sdks.iter().skip(LINES_MAX).map(|(_, spans)| spans).sum::<u64>() + report.other_sdks;
    let most = report.sdks.first().map_or(0, |(_, spans)| *spans);
    let lines = report.sdks.into_iter().take(LINES_MAX).map(|(sdk, spans)| (sdk.to_string(), spans));
    let lines = lines.chain((rest > 0).then(|| ("all others".to_owned(), rest)));
    let bars = lines
        .map(|(name, spans)| {
            view! {
                <li class="hbar sdks__line">
                    <span class="trunc" title=name.clone()>{name.clone()}</span>
                    <ShareBar share=number::share(spans.into(), most.into()) colour=0/>
                    <b class="num" title=count_text(spans)>{number::compact(i64::try_from(spans).unwrap_or(i64::MAX))}</b>
                </li>
            }
        })
        .collect_view();
    let body = if most == 0 && rest == 0 {
        view! { <Empty title="None yet">"Libraries show here as their spans name them."</Empty> }.into_any()
    } else {
        view! { <ul class="pb bars">{bars}</ul> }.into_any()
    };
    view! {
        <header>
            <h2 id="sdks">"SDKs"</h2>
            <span class="sub">"by spans"</span>
        </header>
        {body}
    }
    .into_any()
}
