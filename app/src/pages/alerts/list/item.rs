//! One alert of the list: what, who, value over limit, how long, and who has it.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::alert::{Alert, Hold, State};

use super::bulk::{FIELD, FORM_ID};
use super::keys::Beside;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::{duration, time};
use crate::pages::alerts::list_url::ListUrl;
use crate::pages::alerts::{trend, words};

/// A line of the list, with the box that chooses it.
#[component]
pub fn Item(
    /// The alert.
    alert: Alert,
    /// The server's clock.
    now: DateTime<Utc>,
    /// The alert that is shown beside the list.
    shown: Option<i64>,
    /// Where keys lead from there.
    keys: Beside,
    /// What of the list is shown.
    url: ListUrl,
) -> impl IntoView {
    let id = alert.id;
    let here = shown == Some(id);
    let tone = words::tone(&alert);
    let when = match alert.resolved_at {
        Some(at) => time::near(at, now),
        None => duration::age((now - alert.fired_at).num_seconds()),
    };
    let since = format!("since {} UTC", time::day_clock(alert.fired_at, now));
    let choice = alert.state.is_live().then(|| {
        let label = format!("Choose {}, {}", alert.rule, words::who(&alert));
        view! { <input type="checkbox" class="al-pick" data-choice="" form=FORM_ID name=FIELD value=id aria-label=label/> }
    });
    let trend = (alert.state == State::Firing).then(|| {
        let picture = format!("--trend:url({})", trend::address(id, now));
        view! { <span class="al-trend" style=picture aria-hidden="true"></span> }
    });
    view! {
        <li id=format!("alert-{id}") class="al-li">
            {choice}
            <a class="al-item" class:on=here href=url.href(Some(id)) aria-current=here.then_some("true") aria-keyshortcuts=keys.key(id)>
                <span class=format!("sev {tone}") title=alert.severity.as_str()>
                    <Icon glyph=words::glyph(&alert) size=Size::Medium/>
                    <span class="vh">{alert.severity.as_str()}</span>
                </span>
                <span class="al-main">
                    <span class="row">
                        <b class="trunc grow">{alert.rule.clone()}</b>
                        <time class="tnum" datetime=time::machine(alert.fired_at) title=since>
                            {when}
                        </time>
                    </span>
                    <span class="al-lab trunc">{words::who(&alert)}</span>
                    <span class="row al-num">
                        <b class=format!("tnum {tone}-t")>{words::value(&alert)}</b>
                        <span class="muted">{words::side(&alert)} " " {words::limit(&alert)}</span>
                        {trend}
                    </span>
                    {alert.hold.as_ref().filter(|_| alert.state != State::Resolved).map(|hold| view! {
                        <span class="al-ack">
                            <Icon glyph=if alert.state == State::Snoozed { Glyph::Snooze } else { Glyph::Check } size=Size::Small/>
                            {held(hold, now)}
                        </span>
                    })}
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// `Mara until 18:00`, `Jonas until resolved`.
pub fn held(hold: &Hold, now: DateTime<Utc>) -> String {
    match hold.until {
        Some(until) if until.date_naive() == now.date_naive() => {
            format!("{} until {}", hold.by, time::hour_minute(until))
        }
        Some(until) => format!("{} until {}", hold.by, time::day_minute(until, now)),
        None => format!("{} until resolved", hold.by),
    }
}
