//! The alerts that fire, newest first.

use leptos::prelude::*;
use model::alert::{Alert, Severity};

use super::api;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, number};
use crate::frame::StatusLoading;
use crate::pages::alerts::words;

/// The panel.
#[component]
pub fn Firing(
    /// What fires.
    firing: api::Firing,
) -> impl IntoView {
    let status = expect_context::<StatusLoading>();
    let counts = move || status.get().and_then(Result::ok).map(|status| status.alerts).unwrap_or_default();
    let now = firing.now;
    let shown = firing.alerts.len();
    let rows = firing
        .alerts
        .into_iter()
        .map(|alert| view! { <Row age_seconds=(now - alert.fired_at).num_seconds() alert/> })
        .collect_view();
    view! {
        <header>
            <h2 id="firing">"Firing"</h2>
            <Transition>
                {move || (counts().firing > 0).then(|| view! { <b class="count crit">{counts().firing}</b> })}
            </Transition>
            <div class="spacer"></div>
            <a class="link fs-12" href="/alerts">
                "Alerts"
            </a>
        </header>
        <div class="al-list">
            {rows}
            {(shown == 0).then(|| view! { <p class="al-none"><Icon glyph=Glyph::Ok size=Size::Medium/>"Nothing fires."</p> })}
        </div>
        <div class="al-foot">
            <Transition>
                <span>
                    <Icon glyph=Glyph::Ok size=Size::Medium/>
                    {move || format!("{} acknowledged or snoozed", number::count(counts().held))}
                </span>
                <span class="muted">{move || format!("{} resolved in 24 h", number::count(counts().resolved_24h))}</span>
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Row(alert: Alert, age_seconds: i64) -> impl IntoView {
    let class = if alert.severity == Severity::Critical { "sev crit" } else { "sev warn" };
    view! {
        <a class="al-row" href=format!("/alerts/{}", alert.id)>
            <span class=class title=alert.severity.as_str()>
                <Icon glyph=words::glyph(&alert) size=Size::Medium/>
                <span class="vh">{alert.severity.as_str()}</span>
            </span>
            <span class="grow">
                <b class="trunc">{alert.rule.clone()}</b>
                <em class="trunc">{words::who(&alert)}</em>
            </span>
            <span class="al-v">
                <b class="tnum">{words::value(&alert)}</b>
                <em class="tnum">{duration::age(age_seconds)}</em>
            </span>
        </a>
    }
    .into_any()
}
