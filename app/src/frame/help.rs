//! The list of keys, and the dialog that shows it. What the keys do is in [`crate::browser::keys`].

use leptos::prelude::*;

use crate::components::places::{FOOT, PLACES};

/// What keys do on the page of a trace.
const ON_A_TRACE: [(&str, &str); 14] = [
    ("j k", "On a trace: the next row, the one before"),
    ("← →", "Fold and unfold"),
    ("shift ← →", "Fold and unfold with all below"),
    ("enter", "Open a span"),
    ("esc", "Close it"),
    ("/", "Find in the trace"),
    ("e E", "Next error, the one before"),
    ("p P", "Along the critical path, and back"),
    ("$", "The dearest span"),
    ("c", "Colour by service or by cost"),
    ("f", "Show only what weighs"),
    ("+ -", "Less time on the axis, more"),
    ("0", "All of the time"),
    ("y", "Copy the id"),
];

/// What keys do on the page of alerts.
const ON_AN_ALERT: [(&str, &str); 2] =
    [("j k", "On an alert: the next one, the one before"), ("a s", "Acknowledge it, snooze it")];

/// Opened by `?`.
#[component]
pub fn HelpDialog() -> impl IntoView {
    view! {
        <dialog id="help" class="help" aria-labelledby="help-title">
            <form method="dialog">
                <h2 id="help-title">"Keys"</h2>
                <KeyList/>
                <button type="submit" class="btn">"Close"</button>
            </form>
        </dialog>
    }
    .into_any()
}

/// Every key of the product.
#[component]
pub fn KeyList() -> impl IntoView {
    let places = PLACES.into_iter().chain(FOOT).map(|(name, _, _, key)| (format!("g {key}"), format!("Go to {name}")));
    let others = [
        ("/", "Search, or paste a trace id"),
        ("1 … 6", "Views of a trace"),
        ("t", "Light or dark"),
        ("?", "These keys"),
    ];
    let others =
        others.into_iter().chain(ON_A_TRACE).chain(ON_AN_ALERT).map(|(key, what)| (key.to_owned(), what.to_owned()));
    view! {
        <dl class="keys">
            {places
                .chain(others)
                .map(|(keys, what)| {
                    view! {
                        <div>
                            <dt>{keys.split(' ').map(|key| view! { <kbd>{key.to_owned()}</kbd> }).collect_view()}</dt>
                            <dd>{what}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}
