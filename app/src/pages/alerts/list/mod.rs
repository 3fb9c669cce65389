//! The list: firing, acknowledged or snoozed, pending, resolved within a day.

use leptos::prelude::*;
use model::alert::{Alert, State};

use self::bulk::{Bulk, FIELD, FORM_ID};
use self::gather::{Gathered, gather};
use self::item::Item;
use self::keys::Beside;
use super::act::HoldAlerts;
use super::api::AlertList;
use super::list_url::ListUrl;
use crate::error::ApiError;
use crate::format::number;

mod bulk;
mod gather;
pub mod item;
mod keys;
mod tools;

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
    list: AlertList,
    /// The alert that is shown beside it.
    chosen: Result<Option<i64>, ApiError>,
    /// What of all alerts is shown.
    url: ListUrl,
    /// What is done to several of them.
    bulk: ServerAction<HoldAlerts>,
) -> impl IntoView {
    // Without a choice, the first is the one shown beside the list.
    let first = list.alerts.first().map(|alert| alert.id);
    let shown = chosen.ok().and_then(|chosen| chosen.or(first));
    let groups = GROUPS.map(|(name, dot, states)| (name, dot, states, gather(list.of(states).cloned())));
    let order: Vec<i64> = groups.iter().flat_map(|(.., gathered)| gathered.iter().flat_map(ids)).collect();
    let keys = Beside::of(&order, shown);
    let can_choose = list.alerts.iter().any(|alert| alert.state.is_live());
    let nothing = list.alerts.is_empty().then(|| match url == ListUrl::default() {
        true => "No alerts: none is open, and none was in the last 24 hours.",
        false => "No alert is like that: none that is open, and none of the last 24 hours.",
    });
    let one = |gathered| view! { <One gathered now=list.now shown keys url=url.clone()/> };
    let groups = groups
        .map(|(name, dot, states, gathered)| {
            // What does not fire yet, and what is not asked for, is only told of where there is some.
            let is_told =
                nothing.is_none() && (!gathered.is_empty() || states != [State::Pending] && !url.is_filtered());
            is_told.then(|| {
                let (count, ids) = (list.count(states), ids_of(&gathered));
                view! {
                    <Head name dot count ids can_choose=states.iter().all(|state| state.is_live())/>
                    {gathered.is_empty().then(|| view! { <p class="al-none">"none"</p> })}
                    <ul>{gathered.into_iter().map(one).collect_view()}</ul>
                }
            })
        })
        .collect_view();
    view! {
        <tools::Tools url=url.clone() can_choose/>
        <div class="al-scroll" tabindex="0" role="region" aria-label="Alerts">
            {nothing.map(|words| view! { <p class="al-none">{words}</p> })}
            {groups}
        </div>
        {can_choose.then(|| view! { <Bulk who=list.who bulk/> })}
    }
    .into_any()
}

fn ids(gathered: &Gathered) -> impl Iterator<Item = i64> {
    std::iter::once(&gathered.first).chain(&gathered.others).map(|alert| alert.id)
}

fn ids_of(gathered: &[Gathered]) -> Vec<i64> {
    gathered.iter().flat_map(ids).collect()
}

/// The head of a group: what it is, how many there are, how many of them are listed.
#[component]
fn Head(name: &'static str, dot: &'static str, count: i64, ids: Vec<i64>, can_choose: bool) -> impl IntoView {
    let listed = ids.len() as i64;
    let cut = (listed < count).then(|| {
        let words = format!(
            "The first {} of them are listed; find the others by their rule, tenant or service.",
            number::count(listed)
        );
        view! { <p class="al-none">{words}</p> }
    });
    let choice = (can_choose && listed > 1).then(|| view! { <ChooseAll ids name=name.to_lowercase()/> });
    view! {
        <h2 class="al-h">
            <span class=dot></span>
            {name}
            <b class="count">{number::count(count)}</b>
            <span class="spacer"></span>
            {choice}
        </h2>
        {cut}
    }
    .into_any()
}

/// A box that chooses several at once: those that are listed, and none that comes later.
#[component]
fn ChooseAll(ids: Vec<i64>, name: String) -> impl IntoView {
    let words = format!("all {}", number::count(ids.len() as i64));
    let value = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    view! {
        <label class="al-all">
            <input type="checkbox" class="al-pick" data-choice="" form=FORM_ID name=FIELD value=value aria-label=format!("Choose {words}: {name}")/>
            <span>{words}</span>
        </label>
    }
    .into_any()
}

/// Alerts that are told as one: the first, and a fold with the others.
#[component]
fn One(
    gathered: Gathered,
    now: chrono::DateTime<chrono::Utc>,
    shown: Option<i64>,
    keys: Beside,
    url: ListUrl,
) -> impl IntoView {
    let told = gathered.told();
    let Gathered { first, others, name } = gathered;
    let item = move |alert: Alert| view! { <Item alert now shown keys url=url.clone()/> };
    let folded = (!others.is_empty()).then(|| {
        let open = others.iter().any(|alert| Some(alert.id) == shown);
        let ids: Vec<i64> = std::iter::once(&first).chain(&others).map(|alert| alert.id).collect();
        // Whatever comes first later, the oldest of them stays: the fold is the same one, and stays open.
        let oldest = ids.iter().min().copied();
        let can_choose = others.iter().all(|alert| alert.state.is_live());
        view! {
            <li id=oldest.map(|id| format!("more-{id}")) class="al-li">
                <details class="al-more" open=open>
                    <summary>{told}</summary>
                    {can_choose.then(|| view! { <ChooseAll ids name=name/> })}
                    <ul>{others.into_iter().map(item.clone()).collect_view()}</ul>
                </details>
            </li>
        }
    });
    view! {
        {item(first)}
        {folded}
    }
    .into_any()
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A firing alert with these labels.
    pub fn alert(id: i64, labels: &[(&str, &str)]) -> Alert {
        use model::alert::{Observation, Severity};
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Alert {
            id,
            version: 1,
            rule: "Deep trace".to_owned(),
            of_rule: None,
            runbook: None,
            query_text: "trace depth > 50".to_owned(),
            threshold: 1,
            window_seconds: 300,
            severity: Severity::Critical,
            state: State::Firing,
            observation: Observation { labels, ..Observation::default() },
            peak_count: 1,
            fired_at: chrono::DateTime::UNIX_EPOCH,
            last_true_at: chrono::DateTime::UNIX_EPOCH,
            resolved_at: None,
            hold: None,
        }
    }
}
