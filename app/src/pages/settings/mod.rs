//! Settings: where the server listens, and what this browser remembers. The server itself is configured by its
//! environment, so nothing of it is changed here.

use leptos::prelude::*;
use model::health::Endpoints;

use self::api::load_endpoints;
use crate::components::loaded::Loaded;
use crate::components::page::Page;
use crate::components::shortcuts::{self, KeyList};
use crate::components::theme;

pub mod api;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let endpoints = Resource::new_blocking(|| (), |()| load_endpoints());
    view! {
        <Page title="Settings">
            <div class="settings">
                <section class="panel" aria-labelledby="server">
                    <header>
                        <h2 id="server">"Server"</h2>
                        <span class="sub">"set by environment variables; `tracetab config` prints them all"</span>
                    </header>
                    <Loaded resource=endpoints view=|endpoints| view! { <Addresses endpoints/> }.into_any()/>
                </section>
                <section class="panel" aria-labelledby="browser">
                    <header>
                        <h2 id="browser">"Settings of this browser"</h2>
                    </header>
                    <div class="pb settings__rows needs-js">
                        <ThemeChoice/>
                        <KeysSwitch/>
                    </div>
                </section>
                <section class="panel" aria-labelledby="keys">
                    <header>
                        <h2 id="keys">"Keys"</h2>
                    </header>
                    <div class="pb">
                        <KeyList/>
                    </div>
                </section>
            </div>
        </Page>
    }
    .into_any()
}

#[component]
fn Addresses(endpoints: Endpoints) -> impl IntoView {
    let otlp = endpoints.otlp_http.clone().unwrap_or_else(|| "closed".into());
    let lines = [
        ("Dashboard and API", endpoints.http.clone()),
        ("OTLP over HTTP", otlp),
        ("OTLP on the dashboard's port", format!("{}/v1/traces", endpoints.http)),
        ("Traces as JSON", format!("{}/api/v1/traces", endpoints.http)),
        ("Prometheus metrics", format!("{}/metrics", endpoints.http)),
    ];
    view! {
        <dl class="pb mini-kv">
            {lines
                .into_iter()
                .map(|(name, address)| {
                    view! {
                        <div>
                            <dt>{name}</dt>
                            <dd>
                                <code>{address}</code>
                            </dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
    .into_any()
}

/// The choices: value in the browser's storage, and what it is called.
const THEMES: [(Option<&str>, &str); 3] = [(None, "As the system"), (Some("light"), "Light"), (Some("dark"), "Dark")];

#[component]
fn ThemeChoice() -> impl IntoView {
    // Known only in the browser: the server never hears of it.
    let chosen = RwSignal::new(None::<String>);
    Effect::new(move |_| chosen.set(theme::chosen()));
    let options = THEMES
        .map(|(value, name)| {
            let here = move || chosen.with(|chosen| chosen.as_deref() == value);
            let choose = move |_| {
                theme::choose(value);
                chosen.set(value.map(str::to_owned));
            };
            view! {
                <label class="settings__option">
                    <input type="radio" name="theme" prop:checked=here on:change=choose/>
                    {name}
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="settings__choice">
            <legend>"Theme"</legend>
            {options}
        </fieldset>
    }
    .into_any()
}

#[component]
fn KeysSwitch() -> impl IntoView {
    let on = RwSignal::new(true);
    Effect::new(move |_| on.set(shortcuts::are_on()));
    let switch = move |event| {
        let wanted = event_target_checked(&event);
        shortcuts::turn(wanted);
        on.set(wanted);
    };
    view! {
        <label class="toggle">
            <input type="checkbox" prop:checked=on on:change=switch/>
            <span></span>
            "Keyboard shortcuts"
        </label>
    }
    .into_any()
}
