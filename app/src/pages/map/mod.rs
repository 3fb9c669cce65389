//! The dependency map: who calls whom, how slowly, at what cost.
//!
//! `layout` decides where nodes stand and is plain arithmetic; `canvas` draws it, `table` tells the same in rows,
//! `side` is the selected node. Everything chosen is in the URL (`links`).

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::api::{MapView, load_map};
use self::links::{ColourBy, MapUrl, PATH};
use crate::components::icon::{Glyph, Icon, Size};
use crate::components::states::Empty;
use crate::components::time_range::TimeRangePicker;
use crate::error::ApiError;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;

pub mod api;
pub mod canvas;
mod figures;
pub mod layout;
mod links;
mod side;
mod table;

/// The page.
#[component]
pub fn MapPage() -> impl IntoView {
    let query = use_query_map();
    let url = Memo::new(move |_| query.with(MapUrl::read));
    let (range, tenant) = url.with_untracked(|url| (url.range.clone(), url.tenant.clone()));
    let map = loading(async move { load_map(range.map_err(ApiError::Invalid)?, tenant).await });
    let picker = move || {
        view! {
            {move || {
                let url = url.get();
                view! { <TimeRangePicker choice=url.range_or_default() path=PATH keep=url.pairs()/> }
            }}
        }
    };
    view! {
        <Page title="Map" flush=true actions=picker>
            <Loaded read=map view=move |view: MapView| {
                view! { {move || view! { <Shown view=view.clone() url=url.get()/> }} }.into_any()
            }/>
        </Page>
    }
}

/// Bar, picture or table, and the selected node.
#[component]
fn Shown(view: MapView, url: MapUrl) -> impl IntoView {
    let node = url.node.as_deref().and_then(|typed| find(&view, typed)).cloned();
    let missed = url.node.clone().filter(|_| node.is_none());
    let selected = node.as_ref().map(|node| node.name.clone());
    let alone = node.is_none();
    let body = match (view.map.nodes.is_empty(), url.as_table) {
        (true, _) => view! { <NothingYet/> }.into_any(),
        (false, true) => view! { <table::MapTable view=view.clone() url=url.clone()/> }.into_any(),
        (false, false) => view! { <canvas::Canvas view=view.clone() url=url.clone() selected/> }.into_any(),
    };
    view! {
        <div class="map-split" class:noside=alone>
            <div class="map-main">
                <Bar tenants=view.tenants.clone() names=names(&view) url=url.clone() missed/>
                {body}
            </div>
            {node.map(|node| view! { <side::Side view url node/> })}
        </div>
    }
}

/// The node with this name, else the first one whose name contains it.
fn find<'a>(view: &'a MapView, typed: &str) -> Option<&'a model::dependency::Node> {
    let typed = typed.to_lowercase();
    let nodes = || view.map.nodes.iter();
    nodes()
        .find(|node| node.name.to_lowercase() == typed)
        .or_else(|| nodes().find(|node| node.name.to_lowercase().contains(&typed)))
}

fn names(view: &MapView) -> Vec<String> {
    view.map.nodes.iter().map(|node| node.name.clone()).collect()
}

/// Find, whose calls, colours, picture or table.
#[component]
fn Bar(tenants: Vec<String>, names: Vec<String>, url: MapUrl, missed: Option<String>) -> impl IntoView {
    let kept = url
        .pairs_without("node")
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    let kept = kept.collect_view();
    let options = names.into_iter().map(|name| view! { <option value=name></option> }).collect_view();
    let colours = ColourBy::ALL.map(|colour| {
        let on = url.colour == colour;
        let href = MapUrl { colour, ..url.clone() }.href();
        view! { <a href=href class:on=on aria-current=on.then_some("true")>{colour.as_str()}</a> }
    });
    let views = [(false, "Map"), (true, "Table")].map(|(as_table, label)| {
        let on = url.as_table == as_table;
        let href = MapUrl { as_table, ..url.clone() }.href();
        view! { <a href=href class:on=on aria-current=on.then_some("true")>{label}</a> }
    });
    view! {
        <div class="tbar map-bar">
            <form class="field sm find" action=PATH method="get" role="search">
                <Icon glyph=Glyph::Search size=Size::Medium/>
                {kept}
                <input name="node" list="map-names" aria-label="Find a service" placeholder="Find service" autocomplete="off"/>
                <datalist id="map-names">{options}</datalist>
            </form>
            <TenantPicker tenants url/>
            {missed.map(|name| view! { <span class="badge warn">{format!("nothing is called {name}")}</span> })}
            <div class="spacer"></div>
            <span class="lbl only-wide">"Colour"</span>
            <nav class="seg words only-wide" aria-label="Colour nodes by">{colours.collect_view()}</nav>
            <nav class="seg" aria-label="View">{views.collect_view()}</nav>
        </div>
    }
}

#[component]
fn TenantPicker(tenants: Vec<String>, url: MapUrl) -> impl IntoView {
    let now = url.tenant.clone().unwrap_or_else(|| "all".to_owned());
    let choices = [None].into_iter().chain(tenants.into_iter().map(Some)).map(|tenant| {
        let on = tenant == url.tenant;
        let label = tenant.clone().unwrap_or_else(|| "all".to_owned());
        let href = MapUrl { tenant, ..url.clone() }.href();
        view! { <a href=href class:on=on aria-current=on.then_some("true")>{label}</a> }
    });
    let choices = choices.collect_view();
    view! {
        <details class="picker">
            <summary class="picker__now">
                "Tenant "
                <b>{now}</b>
                <Icon glyph=Glyph::CaretDown size=Size::Small/>
            </summary>
            <div class="menu picker__menu">{choices}</div>
        </details>
    }
}

#[component]
fn NothingYet() -> impl IntoView {
    view! {
        <Empty title="No calls in this range">
            <p>"Services appear as soon as their spans arrive; calls between them a few seconds after a trace is complete."</p>
            <p><a class="link" href="/map?from=-30d">"Look at the last 30 days"</a></p>
        </Empty>
    }
}
