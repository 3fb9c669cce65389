//! The whole route table. Every route renders with its data in the HTML ([`SsrMode::Async`]).

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::frame::Frame;
use crate::frame::help::HelpDialog;
use crate::pages::alerts::rules::RulesPage;
use crate::pages::alerts::{AlertPage, AlertsPage};
use crate::pages::balance::BalancePage;
use crate::pages::compare::ComparePage;
use crate::pages::costs::CostsPage;
use crate::pages::costs::owner::OwnerPage;
use crate::pages::ingest::IngestPage;
use crate::pages::map::MapPage;
use crate::pages::not_found::NotFound;
use crate::pages::overview::OverviewPage;
use crate::pages::settings::SettingsPage;
use crate::pages::settings::budgets::BudgetsPage;
use crate::pages::settings::notifications::NotificationsPage;
use crate::pages::settings::repricing::RepricingPage;
use crate::pages::settings::unpriced::UnpricedPage;
use crate::pages::settings::verdicts::VerdictsPage;
use crate::pages::trace::TracePage;
use crate::pages::traces::TracesPage;

/// The application inside `<body>`: navigation and the page the URL names.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <a class="skip" href="#main">"Skip to content"</a>
            <Frame>
                <Routes fallback=NotFound>
                    <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async/>
                    <Route path=path!("/traces") view=TracesPage ssr=SsrMode::Async/>
                    <Route path=path!("/traces/compare") view=ComparePage ssr=SsrMode::Async/>
                    <Route path=path!("/traces/:trace_id") view=TracePage ssr=SsrMode::Async/>
                    <Route path=path!("/map") view=MapPage ssr=SsrMode::Async/>
                    <Route path=path!("/costs") view=CostsPage ssr=SsrMode::Async/>
                    <Route path=path!("/costs/balance") view=BalancePage ssr=SsrMode::Async/>
                    <Route path=path!("/costs/:dimension") view=OwnerPage ssr=SsrMode::Async/>
                    <Route path=path!("/costs/:dimension/:key") view=OwnerPage ssr=SsrMode::Async/>
                    <Route path=path!("/alerts") view=AlertsPage ssr=SsrMode::Async/>
                    <Route path=path!("/alerts/rules") view=RulesPage ssr=SsrMode::Async/>
                    <Route path=path!("/alerts/:id") view=AlertPage ssr=SsrMode::Async/>
                    <Route path=path!("/ingest") view=IngestPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings/budgets") view=BudgetsPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings/notifications") view=NotificationsPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings/unpriced") view=UnpricedPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings/repricing") view=RepricingPage ssr=SsrMode::Async/>
                    <Route path=path!("/settings/verdicts") view=VerdictsPage ssr=SsrMode::Async/>
                </Routes>
            </Frame>
            <HelpDialog/>
        </Router>
    }
}
