//! What is shown of the list: words, severity and state, as a plain form.

use leptos::prelude::*;
use model::alert::{Severity, State};

use crate::components::icon::{Glyph, Icon, Size};
use crate::pages::alerts::list_url::ListUrl;

/// Words, a menu for the rest, and the switch to choosing several.
#[component]
pub fn Tools(
    /// What is shown now.
    url: ListUrl,
    /// There is something to be chosen.
    can_choose: bool,
) -> impl IntoView {
    let ListUrl { q, severity, state } = url.clone();
    let filtered = url.is_filtered();
    view! {
        <form class="al-tools" action="/alerts" method="get" role="search" aria-label="Alerts">
            <label class="field grow">
                <Icon glyph=Glyph::Search size=Size::Medium/>
                <span class="vh">"Filter alerts"</span>
                <input type="search" id="find" name="q" value=q placeholder="Filter by rule, tenant, service"/>
            </label>
            <details class="picker">
                <summary class="ibtn bordered" class:on=filtered aria-label="Filters" title="Filters">
                    <Icon glyph=Glyph::Filter size=Size::Medium/>
                </summary>
                <div class="menu picker__menu picker__form">
                    <label>
                        <span>"Severity"</span>
                        <select class="input" name="severity">
                            {options(&severity, Severity::ALL.iter().rev().map(|severity| severity.as_str()))}
                        </select>
                    </label>
                    <label>
                        <span>"State"</span>
                        <select class="input" name="state">{options(&state, State::ALL.iter().map(|state| state.as_str()))}</select>
                    </label>
                    <div class="row gap-1">
                        <button type="submit" class="btn primary">"Show"</button>
                        <a class="btn" href="/alerts">"Show all"</a>
                    </div>
                </div>
            </details>
            {can_choose
                .then(|| {
                    view! {
                        <label class="ibtn bordered al-choose" title="Choose several">
                            <input type="checkbox" class="vh" id="choose" data-choice="" aria-controls="bulk"/>
                            <span class="vh">"Choose several"</span>
                            <Icon glyph=Glyph::Check size=Size::Medium/>
                        </label>
                    }
                })}
        </form>
    }
    .into_any()
}

fn options(chosen: &str, names: impl Iterator<Item = &'static str>) -> AnyView {
    let one = |value: &'static str, words: &'static str| view! { <option value=value selected=value == chosen>{words}</option> };
    let named = names.map(|name| one(name, name)).collect_view();
    view! {
        {one("", "any")}
        {named}
    }
    .into_any()
}
