//! The frame around every page: rail on wide screens, tab bar on narrow ones, and the state of the server.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use model::health::IngestHealth;

use self::api::{Status, load_status};
use crate::components::icon::{Glyph, Icon};
use crate::components::live::Live;
use crate::error::ApiError;
use crate::format::{duration, number};

pub mod api;

/// The places of the product, in order: name, address, icon, key after `g`.
pub const PLACES: [(&str, &str, Glyph, &str); 5] = [
    ("Overview", "/", Glyph::Overview, "o"),
    ("Traces", "/traces", Glyph::Traces, "t"),
    ("Map", "/map", Glyph::Map, "m"),
    ("Costs", "/costs", Glyph::Costs, "c"),
    ("Alerts", "/alerts", Glyph::Alerts, "a"),
];

/// Whether `path` is at or below `place`.
fn is_at(path: &str, place: &str) -> bool {
    if place == "/" {
        path == "/"
    } else {
        path == place || path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Rail, page, tab bar.
#[component]
pub fn Frame(
    /// The page.
    children: Children,
) -> impl IntoView {
    let path = use_location().pathname;
    // A trace and the map need the width more than the names of the places.
    let rail = move || path.with(|path| if path.starts_with("/traces/") || path == "/map" { "min" } else { "full" });
    let live = expect_context::<Live>();
    let status = Resource::new_blocking(move || live.alerts.get(), |_| load_status());
    provide_context::<StatusResource>(status);
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
pub type StatusResource = Resource<Result<Status, ApiError>>;

#[component]
fn Rail(status: StatusResource) -> impl IntoView {
    view! {
        <nav class="rail" aria-label="Main">
            <a class="brand" href="/" aria-label="Tracetab">
                <Logo/>
                <span>"Tracetab"</span>
            </a>
            <div class="nav">
                {PLACES
                    .map(|(name, href, glyph, key)| {
                        let badge = (href == "/alerts").then(|| view! { <FiringCount status/> });
                        view! { <Place name href glyph key>{badge}</Place> }
                    })
                    .collect_view()}
            </div>
            <div class="spacer"></div>
            <IngestLine status/>
            <div class="nav foot">
                <Place name="Settings" href="/settings" glyph=Glyph::Settings key="s"/>
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
fn TabBar(status: StatusResource) -> impl IntoView {
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
                            {(href == "/alerts").then(|| view! { <FiringPip status/> })}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
    .into_any()
}

/// Firing alerts, told politely to screen readers when the number changes.
#[component]
fn FiringCount(status: StatusResource) -> impl IntoView {
    let firing = move || firing(status);
    view! {
        <Transition>
            <span role="status" class="firing">
                {move || {
                    let count = firing();
                    (count > 0)
                        .then(|| {
                            view! {
                                <b class="count crit">
                                    {count} <span class="vh">" firing"</span>
                                </b>
                            }
                        })
                }}
            </span>
        </Transition>
    }
    .into_any()
}

#[component]
fn FiringPip(status: StatusResource) -> impl IntoView {
    view! { <Transition>{move || (firing(status) > 0).then(|| view! { <b class="pip"></b> })}</Transition> }.into_any()
}

fn firing(status: StatusResource) -> i64 {
    match status.get() {
        Some(Ok(status)) => status.alerts.firing,
        _ => 0,
    }
}

/// The latest about ingest: what the event stream told, until then what came with the page.
pub fn health(status: StatusResource) -> impl Fn() -> Option<IngestHealth> + Copy + Send + Sync + 'static {
    let live = expect_context::<Live>();
    move || live.ingest.get().or_else(|| Some(status.get()?.ok()?.ingest))
}

/// Spans per second and lag, updated by the event stream.
#[component]
fn IngestLine(status: StatusResource) -> impl IntoView {
    let health = health(status);
    view! {
        <Transition>
            <a class="ingest" href="/" title="Ingest">
                {move || match health() {
                    None => view! { <span class="dot crit"></span><span>"no answer"</span> }.into_any(),
                    Some(health) if health.accepted == 0 => {
                        view! { <span class="dot"></span><span>"no spans yet"</span> }.into_any()
                    }
                    Some(health) => {
                        let lag = health.lag_p99_seconds.map(|lag| format!("lag {}", duration::seconds(lag)));
                        view! {
                            <span class="dot ok"></span>
                            <span>
                                <b class="tnum">{number::rate(health.spans_per_second)}</b>
                                " spans/s"
                            </span>
                            <span class="lag tnum">{lag}</span>
                        }
                            .into_any()
                    }
                }}
            </a>
        </Transition>
    }
    .into_any()
}

#[component]
fn Logo() -> impl IntoView {
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

#[cfg(test)]
mod tests {
    use super::is_at;

    #[test]
    fn a_place_is_current_on_its_own_pages_only() {
        assert!(is_at("/", "/"));
        assert!(!is_at("/costs", "/"));
        assert!(is_at("/traces/7d3f", "/traces"));
        assert!(!is_at("/tracesx", "/traces"));
    }
}
