//! The dashboard: what the user sees, compiled natively for server rendering and to wasm for the browser.
//!
//! This file is the frame and the whole route table. To add a page: a folder in [`pages`], a [`Route`] here,
//! an entry in [`components::frame`] if it belongs there. Every route renders with its data in the HTML
//! ([`SsrMode::Async`]), so that it reads without JavaScript.

// Pages nest components, and each level is a level of types for the compiler.
#![recursion_limit = "256"]

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::components::frame::Frame;
use crate::components::live::{self, Live};
use crate::components::shortcuts::Shortcuts;
use crate::pages::alerts::{AlertPage, AlertsPage};
use crate::pages::costs::CostsPage;
use crate::pages::map::MapPage;
use crate::pages::not_found::NotFound;
use crate::pages::overview::OverviewPage;
use crate::pages::settings::SettingsPage;
use crate::pages::trace::TracePage;
use crate::pages::traces::TracesPage;

pub mod charts;
pub mod colour;
pub mod components;
#[cfg(feature = "ssr")]
pub mod context;
pub mod document;
pub mod error;
pub mod format;
pub mod pages;
pub mod url_state;

pub use crate::document::shell;

/// The application inside `<body>`: navigation and the page the URL names.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let live = Live::new();
    provide_context(live);
    live::connect(live);
    Effect::new(move |_| {
        if let Some(body) = document().body() {
            // Tests and styles wait for this: from here on clicks are handled in the browser.
            let _ = body.set_attribute("data-hydrated", "");
        }
    });
    view! {
        <Router>
            <a class="skip" href="#main">"Skip to content"</a>
            <Frame>
                <Routes fallback=NotFound>
                    <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                    <Route path=path!("/traces") view=TracesPage ssr=SsrMode::Async/>
                    <Route path=path!("/traces/:trace_id") view=TracePage ssr=SsrMode::Async/>
                    <Route path=path!("/map") view=MapPage ssr=SsrMode::Async/>
                    <Route path=path!("/costs") view=CostsPage ssr=SsrMode::Async/>
                    <Route path=path!("/alerts") view=AlertsPage ssr=SsrMode::Async/>
                    <Route path=path!("/alerts/:id") view=AlertPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async/>
                </Routes>
            </Frame>
            <Shortcuts/>
        </Router>
    }
}
