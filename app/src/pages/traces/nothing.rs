//! A list without lines: what was searched, and the nearest ways to something that exists.

use leptos::prelude::*;

use super::api::Listing;
use super::links::ListUrl;
use crate::components::states::Empty;
use crate::format::time;

/// Ranges offered when nothing matches: a day, a month, two years.
const WIDER_SECONDS: [(&str, i64); 3] =
    [("the last 24 hours", 86_400), ("the last 30 days", 30 * 86_400), ("the last two years", 731 * 86_400)];

/// In place of picture and table.
#[component]
pub fn Nothing(
    /// What the URL asks for.
    url: ListUrl,
    /// The empty answer.
    listing: Listing,
) -> impl IntoView {
    let length = listing.range.seconds();
    let wider = WIDER_SECONDS.into_iter().filter(|(_, seconds)| *seconds > length);
    let wider = wider
        .map(|(label, seconds)| view! { <li><a class="link" href=url.over_last(seconds)>"Look at " {label}</a></li> });
    let wider = wider.collect_view();
    let loosen = url.conditions.iter().map(|(key, value)| {
        let label = format!("Without {key} {value}");
        view! { <li><a class="link" href=url.without(key, value)>{label}</a></li> }
    });
    let loosen = loosen.collect_view();
    let conditions: Vec<String> = url.conditions.iter().map(|(key, value)| format!("{key} {value}")).collect();
    let searched = if conditions.is_empty() { "any trace".to_owned() } else { conditions.join(", ") };
    let range = listing.range;
    let title = match listing.missed {
        Some(prefix) => format!("No trace id begins with {prefix}"),
        None => "No trace matches".to_owned(),
    };
    let between = format!(
        "Searched: {searched}, from {} to {} UTC.",
        time::day_clock(range.from, range.to),
        time::day_clock(range.to, range.to)
    );
    view! {
        <Empty title>
            <p>{between}</p>
            <ul class="ways-out">{loosen} {wider}</ul>
        </Empty>
    }
}
