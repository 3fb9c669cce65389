//! What went wrong just now, in words, on top of the page.

use leptos::prelude::*;
use model::health::DiskAlarm;
use model::ingest::IngestReport;
use model::rejected::Sum;

use super::words::{because, clause, sentence};
use crate::components::icon::{Glyph, Icon, Size};

/// Spans and requests that were refused.
#[component]
pub fn Refused(
    /// By class, of the last ten minutes.
    recent: Vec<Sum>,
) -> impl IntoView {
    let spans = sentence("span", "refused", recent.iter().map(|sum| (sum.spans, clause(sum.class))));
    let requests = recent.iter().map(|sum| (sum.requests, clause(sum.class)));
    let requests = sentence("whole request", "refused", requests);
    let said = [spans, requests].into_iter().flatten().reduce(|spans, requests| format!("{spans} {requests}"));
    view! { <Warning said href="#refused"/> }.into_any()
}

/// No room on the database's disk.
#[component]
pub fn DiskFull(
    /// What is wrong, if anything is.
    alarm: Option<DiskAlarm>,
) -> impl IntoView {
    alarm.map(|alarm| {
        view! {
            <div class="banner crit ingest__warning" role="alert">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>{alarm.words()}</span>
            </div>
        }
    })
}

/// Requests that were sent back, to be sent again.
#[component]
pub fn TurnedAway(
    /// What the server counted.
    report: IngestReport,
) -> impl IntoView {
    let parts = report.turned_away.iter().map(|sum| (sum.recent_requests, because(sum.why)));
    let said = sentence("request", "sent back, to be sent again,", parts);
    view! { <Warning said/> }.into_any()
}

#[component]
fn Warning(
    /// What to say; nothing is shown without it.
    said: Option<String>,
    /// Where more is to be read.
    #[prop(optional)]
    href: Option<&'static str>,
) -> impl IntoView {
    said.map(|said| {
        view! {
            <div class="banner warn ingest__warning" role="status">
                <Icon glyph=Glyph::Warn size=Size::Medium/>
                <span>{said}</span>
                {href.map(|href| view! { <a class="link" href=href>"Show"</a> })}
            </div>
        }
    })
}
