//! What is asked for: a chip per condition, a line to type more, a form for all of it.

use leptos::prelude::*;

use super::links::{Condition, ListUrl, PATH};
use crate::components::icon::{Glyph, Icon, Size};
use crate::format::money;

/// The bar above the list.
#[component]
pub fn QueryBar(
    /// What the URL asks for.
    url: ListUrl,
) -> impl IntoView {
    let chips = url
        .conditions
        .iter()
        .map(|(key, value)| view! { <Chip url=url.clone() name=key.clone() value=value.clone()/> });
    let chips = chips.collect_view();
    let clear = (url.conditions.len() > 1 || url.error.is_some())
        .then(|| view! { <a class="btn ghost" href=url.unfiltered()>"Clear"</a> });
    let typed_keeps = url.conditions.iter().cloned().chain(url.keep_for_conditions()).collect();
    view! {
        <div class="qbar">
            <form class="query" action=PATH method="get" role="search" aria-label="Filter traces">
                <Icon glyph=Glyph::Search/>
                <div class="q-in">
                    {chips}
                    <Kept pairs=typed_keeps/>
                    <input
                        name="q"
                        aria-label="Add conditions"
                        placeholder="duration>1s, status:error, tenant:…"
                        autocomplete="off"
                        spellcheck="false"
                    />
                </div>
            </form>
            {clear}
            <FilterForm url=url.clone()/>
        </div>
        {url.error.map(|error| view! { <p class="qbar-error" role="alert">{error.to_string()}</p> })}
    }
}

/// One condition, and the way out of it.
#[component]
fn Chip(url: ListUrl, name: String, value: String) -> impl IntoView {
    let (label, sign) = match name.as_str() {
        "min_duration" => ("duration", "≥"),
        "max_duration" => ("duration", "≤"),
        "min_cost" => ("cost", "≥"),
        "max_cost" => ("cost", "≤"),
        other => (other, "="),
    };
    let is_money = name.ends_with("cost");
    let shown = match value.parse::<model::Usd>() {
        Ok(amount) if is_money => money::amount(amount),
        _ => value.clone(),
    };
    view! {
        <span class="chip" class:money=is_money>
            <b>{label.to_owned()}</b>
            <i>{sign}</i>
            <span class="trunc">{shown.clone()}</span>
            <a href=url.without(&name, &value) aria-label=format!("Remove {label} {sign} {shown}")>
                <Icon glyph=Glyph::Close size=Size::Small/>
            </a>
        </span>
    }
}

/// Pairs a form carries along unseen.
#[component]
fn Kept(pairs: Vec<Condition>) -> impl IntoView {
    pairs.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
}

/// Every condition as a field.
#[component]
fn FilterForm(url: ListUrl) -> impl IntoView {
    let field = |name: &'static str, label: &'static str, example: &'static str| {
        let value = url.value(name).map(ToOwned::to_owned);
        view! {
            <label>
                <span>{label}</span>
                <input name=name value=value placeholder=example autocomplete="off"/>
            </label>
        }
    };
    // Fields hold one value; further services and tenants stay as chips.
    let further = |key: &'static str| url.conditions.iter().filter(move |(name, _)| name == key).skip(1).cloned();
    // What has no field stays as it is, too.
    let unseen = url.conditions.iter().filter(|(name, _)| name == "data_tag" || name == "without").cloned();
    let keep = url.keep_for_conditions().into_iter().chain(further("service")).chain(further("tenant"));
    let keep = keep.chain(unseen).collect();
    let status = url.value("status").unwrap_or_default().to_owned();
    let option = |value: &'static str, label: &'static str| {
        view! { <option value=value selected=status == value>{label}</option> }
    };
    view! {
        <details class="filters">
            <summary class="btn">
                <Icon glyph=Glyph::Filter size=Size::Medium/>
                <span>"Filter"</span>
            </summary>
            <form class="menu filters__form" action=PATH method="get">
                <Kept pairs=keep/>
                {field("service", "Service", "checkout")}
                {field("operation", "Operation", "POST /pay")}
                {field("tenant", "Tenant", "acme")}
                {field("user", "User", "")}
                {field("model", "Model", "gpt-4o")}
                {field("capability", "Capability", "")}
                <label>
                    <span>"Status"</span>
                    <select name="status">{option("", "any")} {option("ok", "ok")} {option("error", "error")}</select>
                </label>
                {field("min_duration", "Duration from", "250ms")}
                {field("max_duration", "to", "5s")}
                {field("min_cost", "Cost from, $", "0.01")}
                {field("max_cost", "to, $", "1")}
                <button type="submit" class="btn primary">"Show traces"</button>
            </form>
        </details>
    }
}
