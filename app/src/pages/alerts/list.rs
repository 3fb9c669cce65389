//! The list: firing, acknowledged or snoozed, resolved within a day.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use model::alert::{Alert, Hold, State};

use super::api::AlertList;
use super::words;
use crate::components::icon::{Glyph, Icon, Size};
use crate::error::ApiError;
use crate::format::{duration, number, time};

const GROUPS: [(&str, &str, &[State]); 4] = [
    ("Firing", "dot crit", &[State::Firing]),
    ("Acknowledged or snoozed", "dot warn", &[State::Acknowledged, State::Snoozed]),
    ("Pending", "dot", &[State::Pending]),
    ("Resolved, 24 h", "dot ok", &[State::Resolved]),
];

/// The list.
#[component]
pub fn List(
    /// What is listed.
    alerts: AlertList,
    /// The alert that is shown beside it.
    chosen: Result<Option<i64>, ApiError>,
    /// Only alerts whose rule or labels contain this.
    filter: String,
) -> impl IntoView {
    let wanted = filter.to_lowercase();
    let now = alerts.now;
    // Without a choice, the first is the one shown beside the list.
    let first = alerts.alerts.first().map(|alert| alert.id);
    let shown = chosen.ok().and_then(|chosen| chosen.or(first));
    let none_at_all = alerts.alerts.is_empty();
    let found_of = |states| alerts.of(states).filter(|alert| matches(alert, &wanted));
    let order: Vec<i64> = GROUPS.iter().flat_map(|(_, _, states)| found_of(states)).map(|alert| alert.id).collect();
    let keys = Beside::of(&order, shown);
    let groups = GROUPS
        .map(|(name, dot, states)| {
            let found: Vec<Alert> = found_of(states).cloned().collect();
            let count = number::count(found.len() as i64);
            let nothing = found.is_empty();
            // What does not fire yet is only told of where there is some.
            let is_told = !none_at_all && (!nothing || states != [State::Pending]);
            is_told.then(|| {
                view! {
                    <h2 class="al-h">
                        <span class=dot></span>
                        {name}
                        <b class="count">{count}</b>
                    </h2>
                    {nothing.then(|| view! { <p class="al-none">"none"</p> })}
                    <ul>
                        {found.into_iter().map(|alert| view! { <li><Item alert now shown keys/></li> }).collect_view()}
                    </ul>
                }
            })
        })
        .collect_view();
    view! {
        <form class="al-tools" action="/alerts" method="get" role="search" aria-label="Alerts">
            <label class="field grow">
                <Icon glyph=Glyph::Search size=Size::Medium/>
                <span class="vh">"Filter alerts"</span>
                <input type="search" name="q" value=filter placeholder="Filter by rule, tenant, service"/>
            </label>
        </form>
        <div class="al-scroll" tabindex="0" role="region" aria-label="Alerts">
            {none_at_all.then(|| view! { <p class="al-none">"No alerts: none is open, and none was in the last 24 hours."</p> })}
            {groups}
        </div>
    }
    .into_any()
}

fn matches(alert: &Alert, wanted: &str) -> bool {
    alert.rule.to_lowercase().contains(wanted) || words::who(alert).to_lowercase().contains(wanted)
}

/// The alerts beside the one that is shown, to which keys lead.
#[derive(Clone, Copy)]
struct Beside {
    before: Option<i64>,
    after: Option<i64>,
}

impl Beside {
    /// Of a list in this order; where what is shown is not in it, the key for the next one leads to the first.
    fn of(order: &[i64], shown: Option<i64>) -> Self {
        let Some(at) = order.iter().position(|id| Some(*id) == shown) else {
            return Self { before: None, after: order.first().copied() };
        };
        Self { before: at.checked_sub(1).and_then(|at| order.get(at)).copied(), after: order.get(at + 1).copied() }
    }

    /// The key that leads to this alert.
    fn key(self, id: i64) -> Option<&'static str> {
        match Some(id) {
            id if id == self.after => Some("j"),
            id if id == self.before => Some("k"),
            _ => None,
        }
    }
}

#[component]
fn Item(alert: Alert, now: DateTime<Utc>, shown: Option<i64>, keys: Beside) -> impl IntoView {
    let id = alert.id;
    let here = shown == Some(id);
    let tone = words::tone(&alert);
    let when = match alert.resolved_at {
        Some(at) => time::near(at, now),
        None => duration::age((now - alert.fired_at).num_seconds()),
    };
    let since = format!("since {} UTC", time::day_clock(alert.fired_at, now));
    view! {
        <a class="al-item" class:on=here href=format!("/alerts/{id}") aria-current=here.then_some("true") aria-keyshortcuts=keys.key(id)>
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
                </span>
                {alert.hold.as_ref().filter(|_| alert.state != State::Resolved).map(|hold| view! {
                    <span class="al-ack">
                        <Icon glyph=if alert.state == State::Snoozed { Glyph::Snooze } else { Glyph::Check } size=Size::Small/>
                        {held(hold, now)}
                    </span>
                })}
            </span>
        </a>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_to_the_alerts_beside_the_one_that_is_shown_and_nowhere_beyond_the_ends() {
        let keys = |shown| {
            let beside = Beside::of(&[7, 5, 9], shown);
            [7, 5, 9].map(|id| beside.key(id))
        };
        assert_eq!(keys(Some(5)), [Some("k"), None, Some("j")]);
        assert_eq!(keys(Some(7)), [None, Some("j"), None]);
        assert_eq!(keys(Some(9)), [None, Some("k"), None]);
        assert_eq!(keys(None), [Some("j"), None, None]);
        assert_eq!(Beside::of(&[], Some(5)).key(5), None);
    }
}
