//! The state of the server in the frame of every page: alerts that fire, spans per second.
//!
//! Both keep themselves up to date by the event stream; [`crate::frame`] marks them with `data-keep`.

use leptos::prelude::*;
use model::alert::Counts;
use model::health::IngestHealth;

use crate::browser::{news, title};
use crate::format::{duration, number};

/// How a number of firing alerts is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Mark {
    /// As a figure, told politely to screen readers when it changes.
    Figure,
    /// As a dot, where there is no room for a figure.
    Dot,
}

/// Firing alerts.
#[island]
pub fn FiringCount(
    /// How many when the page was made.
    firing: i64,
    /// How they are shown.
    mark: Mark,
) -> impl IntoView {
    let firing = RwSignal::new(firing);
    Effect::new(move |_| {
        news::listen("alerts", move |told| {
            if let Ok(counts) = serde_json::from_str::<Counts>(&told) {
                firing.set(counts.firing);
            }
        });
    });
    if mark == Mark::Figure {
        // One of the two is enough.
        Effect::new(move |_| title::firing(firing.get()));
    }
    match mark {
        Mark::Dot => view! { {move || (firing.get() > 0).then(|| view! { <b class="pip"></b> })} }.into_any(),
        Mark::Figure => view! {
            <span role="status" class="firing">
                {move || {
                    let count = firing.get();
                    (count > 0).then(|| view! { <b class="count crit">{count} <span class="vh">" firing"</span></b> })
                }}
            </span>
        }
        .into_any(),
    }
}

/// Spans per second and lag.
#[island]
pub fn IngestLine(
    /// How ingest was doing when the page was made; `None` when the server could not say.
    health: Option<IngestHealth>,
) -> impl IntoView {
    let health = RwSignal::new(health);
    Effect::new(move |_| {
        news::listen("ingest", move |told| {
            if let Ok(told) = serde_json::from_str(&told) {
                health.set(Some(told));
            }
        });
    });
    let tone = move || match health.get() {
        None => "dot crit",
        Some(health) if health.disk_alarm.is_some() => "dot crit",
        Some(health) if health.accepted == 0 => "dot",
        Some(_) => "dot ok",
    };
    let (rate, words) = (
        move || {
            let health = health.get().filter(|health| health.accepted > 0 && health.disk_alarm.is_none());
            health.map(|health| number::rate(health.spans_per_second))
        },
        move || match health.get() {
            None => "no answer",
            Some(health) if health.disk_alarm.is_some() => "disk full",
            Some(health) if health.accepted == 0 => "idle",
            Some(_) => " spans/s",
        },
    );
    let lag = move || {
        let lag = health.get().filter(|health| health.accepted > 0)?.lag_p99_seconds?;
        Some(format!("lag {}", duration::seconds(lag)))
    };
    view! {
        <a class="ingest" href="/ingest" title="Ingest">
            <span class=tone></span>
            <span>
                <b class="tnum">{rate}</b>
                {words}
            </span>
            <span class="lag tnum">{lag}</span>
        </a>
    }
}
