//! What the list could be narrowed to, with the number of traces behind each.

use std::sync::Arc;

use leptos::prelude::*;
use model::trace::{Facets, TraceTotals};

use super::api::Colours;
use super::links::ListUrl;
use crate::colour::Palette;
use crate::components::figures::Swatch;
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::number;

/// Values shown per facet: the busiest; the form takes any other.
const VALUES_MAX: usize = 12;

/// One value to narrow to.
struct Choice {
    key: &'static str,
    value: String,
    count: i64,
    slot: Option<u8>,
}

/// The facets at the left of the list; on narrow screens the form takes their place.
#[component]
pub fn FacetPanel(
    /// What the URL asks for.
    url: ListUrl,
    /// Sums over what matches.
    totals: TraceTotals,
    /// Values and how many traces have them.
    facets: Facets,
    /// Their colours.
    colours: Arc<Colours>,
) -> impl IntoView {
    let status = |value: &str, count| Choice { key: "status", value: value.to_owned(), count, slot: None };
    let statuses = vec![status("ok", totals.traces - totals.with_errors), status("error", totals.with_errors)];
    let coloured = |key, colours: &Palette| {
        let colours = colours.clone();
        move |(value, count): (String, i64)| {
            let slot = Some(colours.slot(&value));
            Choice { key, value, count, slot }
        }
    };
    let owned = facets.tenants.into_iter().filter_map(|(tenant, count)| Some((tenant?, count)));
    let tenants = with_chosen(&url, "tenant", owned.collect()).into_iter().map(coloured("tenant", &colours.tenants));
    let services =
        with_chosen(&url, "service", facets.services).into_iter().map(coloured("service", &colours.services));
    view! {
        <aside class="facets only-wide" aria-label="Narrow the list">
            <Facet title="Status" url=url.clone() choices=statuses/>
            <Facet title="Tenant" url=url.clone() choices=tenants.collect()/>
            <Facet title="Root service" url=url choices=services.collect()/>
        </aside>
    }
}

/// The busiest values, and every chosen one however few traces it has: what is on must be seen to be turned off.
fn with_chosen(url: &ListUrl, key: &str, counts: Vec<(String, i64)>) -> Vec<(String, i64)> {
    let chosen = url.conditions.iter().filter(|(name, _)| name == key).map(|(_, value)| value);
    let mut shown: Vec<(String, i64)> = counts
        .iter()
        .enumerate()
        .filter(|(at, (value, _))| *at < VALUES_MAX || url.has(key, value))
        .map(|(_, c)| c.clone())
        .collect();
    for value in chosen {
        if !shown.iter().any(|(known, _)| known == value) {
            shown.push((value.clone(), 0));
        }
    }
    shown
}

#[component]
fn Facet(title: &'static str, url: ListUrl, choices: Vec<Choice>) -> impl IntoView {
    if choices.is_empty() {
        return ().into_any();
    }
    let most = choices.iter().map(|choice| choice.count).max().unwrap_or(0);
    let options = choices.into_iter().map(|choice| option(&url, choice, most)).collect_view();
    view! {
        <details class="facet" open>
            <summary>
                <Icon glyph=Glyph::Caret size=Size::Small/>
                <span>{title}</span>
            </summary>
            {options}
        </details>
    }
    .into_any()
}

/// A link that looks and reads like a box to tick.
fn option(url: &ListUrl, choice: Choice, most: i64) -> impl IntoView + use<> {
    let Choice { key, value, count, slot } = choice;
    let on = url.has(key, &value);
    let share = number::share(i128::from(count), i128::from(most)) * 100.0;
    let href = url.toggled(key, &value);
    view! {
        <a class="fopt" href=href class:on=on>
            <span class="bx" aria-hidden="true">{on.then(|| view! { <Icon glyph=Glyph::Check size=Size::Small/> })}</span>
            {slot.map(|slot| view! { <Swatch colour=slot/> })}
            <span class="trunc grow">{value} {on.then(|| view! { <span class="vh">" (on)"</span> })}</span>
            <em class="tnum">{number::count(count)}</em>
            <i class="fb" style=format!("width:{share:.1}%")></i>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use leptos_router::params::ParamsMap;

    #[test]
    fn a_chosen_value_stays_in_sight_without_traces() {
        let query: ParamsMap = [("service", "rare"), ("service", "gone")].into_iter().collect();
        let busy = (0..20).map(|n| (format!("s{n}"), 100 - n)).chain([("rare".to_owned(), 1)]).collect();
        let shown = with_chosen(&ListUrl::read(&query), "service", busy);
        assert_eq!(shown.len(), VALUES_MAX + 2);
        assert_eq!(shown[VALUES_MAX..], [("rare".to_owned(), 1), ("gone".to_owned(), 0)]);
    }
}
