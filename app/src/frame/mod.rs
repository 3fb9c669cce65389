//! The frame around every page: rail on wide screens, tab bar on narrow ones, and the state of the server.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use self::status::{Status, load_status};
use crate::components::icon::{Glyph, Icon};
use crate::components::places::{FOOT, PLACES, is_at};
use crate::frame::loaded::{Loading, loading};
use crate::islands::status::{FiringCount, IngestLine, Mark};

pub mod help;
pub mod loaded;
pub mod page;
pub mod status;

/// Rail, page, tab bar.
#[component]
pub fn Frame(
    /// The page.
    children: Children,
) -> impl IntoView {
    let path = use_location().pathname;
    // A trace and the map need the width more than the names of the places.
    let rail = move || path.with(|path| if path.starts_with("/traces/") || path == "/map" { "min" } else { "full" });
    let status = loading(load_status());
    provide_context::<StatusLoading>(status);
    view! {
        <div class="app" data-rail=rail>
            <Rail status/>
            <div class="main">
                {children()}
                <TabBar status/>
            </div>
        </div>
    }
    .into_any()
}

/// The state of the server; in context for the pages that show it too.
pub type StatusLoading = Loading<Status>;

#[component]
fn Rail(status: StatusLoading) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main">
            <a class="brand" href="/" aria-label="Tracetab">
                <Logo/>
                <span>"Tracetab"</span>
            </a>
            <div class="nav">
                {PLACES
                    .map(|(name, href, glyph, key)| {
                        let badge = (href == "/alerts").then(|| view! { <Firing status mark=Mark::Figure/> });
                        view! { <Place name href glyph key>{badge}</Place> }
                    })
                    .collect_view()}
            </div>
            <div class="spacer"></div>
            <Ingest status/>
            <div class="nav foot">
                {FOOT.map(|(name, href, glyph, key)| view! { <Place name href glyph key/> }).collect_view()}
            </div>
        </nav>
    }
    .into_any()
}

#[component]
fn Place(
    name: &'static str,
    href: &'static str,
    glyph: Glyph,
    key: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let path = use_location().pathname;
    let here = move || path.with(|path| is_at(path, href));
    view! {
        <a class="nav-item" class:on=here aria-current=move || here().then_some("page") href=href title=format!("{name} (g {key})")>
            <Icon glyph/>
            <span>{name}</span>
            {children.map(|children| children())}
        </a>
    }
    .into_any()
}

#[component]
fn TabBar(status: StatusLoading) -> impl IntoView {
    let path = use_location().pathname;
    view! {
        <nav class="tabbar" aria-label="Places">
            {PLACES
                .map(|(name, href, glyph, _)| {
                    let here = move || path.with(|path| is_at(path, href));
                    view! {
                        <a href=href class:on=here aria-current=move || here().then_some("page")>
                            <Icon glyph/>
                            <span>{name}</span>
                            {(href == "/alerts").then(|| view! { <Firing status mark=Mark::Dot/> })}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}

/// Alerts that fire; keeps itself up to date.
#[component]
fn Firing(status: StatusLoading, mark: Mark) -> impl IntoView {
    let firing = move || {
        Suspend::new(async move {
            let firing = status.await.map_or(0, |status| status.alerts.firing);
            view! { <FiringCount firing mark/> }
        })
    };
    view! {
        <span class="contents" data-keep>
            <Transition>{firing}</Transition>
        </span>
    }
    .into_any()
}

/// Spans per second and lag; keeps itself up to date.
#[component]
fn Ingest(status: StatusLoading) -> impl IntoView {
    let line = move || {
        Suspend::new(async move {
            let health = status.await.ok().map(|status| status.ingest);
            view! { <IngestLine health/> }
        })
    };
    view! {
        <div class="contents" data-keep>
            <Transition>{line}</Transition>
        </div>
    }
    .into_any()
}

/// The mark of the product.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
            <rect class="logo__ground" width="24" height="24" rx="6"></rect>
            <path class="logo__line" d="M5 7.5h9"></path>
            <path class="logo__line logo__line--quiet" d="M8.5 12h7"></path>
            <path class="logo__line logo__line--money" d="M12 16.5h7"></path>
        </svg>
    }
    .into_any()
}
