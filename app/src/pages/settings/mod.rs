//! Settings: where the server listens, and what this browser remembers. The server itself is configured by its
//! environment, so nothing of it is changed here.

use leptos::prelude::*;
use model::health::Endpoints;

use self::access::Access;
use self::api::{load_endpoints, load_prices};
use crate::frame::help::KeyList;
use crate::frame::loaded::{Loaded, loading};
use crate::frame::page::Page;
use crate::islands::settings::{KeysSwitch, ThemeChoice};

mod access;
pub mod api;
pub mod budgets;
pub mod changes;
mod history;
pub mod notifications;
mod price_form;
mod prices;
pub mod repricing;
pub mod signature;
pub mod unpriced;
pub mod verdicts;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let prices = loading(load_prices());
    let endpoints = loading(load_endpoints());
    view! {
        <Page title="Settings">
            <div class="settings">
                <section class="panel" aria-labelledby="server">
                    <header>
                        <h2 id="server">"Server"</h2>
                        <span class="sub">"set by environment variables; " <code>"tracetab config"</code> " prints them all"</span>
                    </header>
                    <Loaded read=endpoints view=|endpoints| view! { <Addresses endpoints/> }.into_any()/>
                </section>
                <Access/>
                <section class="panel" aria-labelledby="prices">
                    <Loaded read=prices view=|(prices, now)| view! { <prices::Prices prices now/> }.into_any()/>
                </section>
                <budgets::summary::Summary/>
                <section class="panel" aria-labelledby="notifications">
                    <header>
                        <h2 id="notifications">"Notifications"</h2>
                        <div class="spacer"></div>
                        <a class="link fs-12" href=notifications::PATH>
                            "All receivers"
                        </a>
                    </header>
                    <p class="pb fs-12 muted">"Who hears of alerts, whether they do, and a test of each."</p>
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
                        <h2 id="keys">"Keyboard shortcuts"</h2>
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
    let open = |door: &Option<String>| door.clone().unwrap_or_else(|| "closed".into());
    let at = |door: &Option<String>, path: &str| door.as_ref().map(|address| format!("{address}{path}"));
    let lines = [
        ("Dashboard and API", endpoints.http.clone()),
        ("OTLP over HTTP", open(&endpoints.otlp_http)),
        ("OTLP over gRPC", open(&endpoints.otlp_grpc)),
        ("Zipkin", open(&at(&endpoints.zipkin, "/api/v2/spans"))),
        ("Jaeger", open(&at(&endpoints.jaeger, "/api/traces"))),
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
