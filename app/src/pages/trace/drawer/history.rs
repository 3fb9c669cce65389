//! How the span compares with earlier ones of its operation.

use leptos::prelude::*;
use model::trace::history::{History, Standing};

use crate::format::{duration, money, number};

/// A line for duration and cost; nothing without a history.
#[component]
pub fn Compared(
    /// What is known of earlier ones.
    #[prop(optional_no_strip)]
    history: Option<History>,
    /// Its operation.
    operation: String,
) -> impl IntoView {
    history.map(|history| {
        let when = duration::age(history.seconds);
        let slow = compared("Slower", &history.duration);
        let slow = format!("{slow} earlier {operation} in {when} (p50 {})", duration::nanos(history.duration.median));
        let dear = history
            .cost
            .map(|cost| format!("{} priced ones (p50 {})", compared("Dearer", &cost), money::amount(cost.median)));
        view! {
            <p class="hist muted">{slow} {dear.map(|dear| view! { <br/>{dear} })}</p>
        }
    })
}

/// `Slower than 93% of 812`.
fn compared<T>(more: &str, standing: &Standing<T>) -> String {
    format!("{more} than {} of {}", number::percent(standing.above), number::count(standing.of as i64))
}
