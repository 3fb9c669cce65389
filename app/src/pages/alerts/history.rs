//! What happened to an alert.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::alert::{HistoryEntry, State};

use crate::format::time;

/// The panel, newest first.
#[component]
pub fn History(
    /// What happened.
    history: Vec<HistoryEntry>,
    /// The server's clock.
    now: DateTime<Utc>,
) -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="history">
            <header>
                <h2 id="history">"History"</h2>
            </header>
            <ol class="tl pb">
                {history
                    .into_iter()
                    .map(|entry| {
                        let class = match entry.state {
                            State::Firing => "crit",
                            State::Resolved => "ok",
                            State::Acknowledged | State::Snoozed => "held",
                        };
                        view! {
                            <li class=class>
                                <time class="tnum" datetime=time::machine(entry.at)>
                                    {time::near(entry.at, now)}
                                </time>
                                <span>
                                    {entry.text}
                                    {entry.by.map(|by| view! { <span class="muted">" by "{by}</span> })}
                                </span>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
    .into_any()
}
