//! The public API under `/api/v1`: what programs may ask and tell.
//!
//! One endpoint per file, read top-down: the types it answers with, then the handler. Errors are [`problem::Problem`]
//! (RFC 9457), money is a plain decimal, times are RFC 3339, and a parameter nobody knows is refused instead of ignored.
//! To add an endpoint: a file here, a line in `endpoints` with what it needs a key for, an entry in `openapi.json` (a test
//! compares the two). What [`Need::ReadOwn`] lets in answers about the caller's tenant alone, when the caller has one
//! (`tenant`); everything else is closed to keys of a tenant.

use std::sync::Arc;
use std::time::Duration;

use app::context::{AlertRulesInUse, BooksInUse, BudgetsInUse, LayoutsInUse, PricesInUse, Services};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, delete, get, post, put};
use chrono::{DateTime, Utc};
use model::health::{Endpoints, IngestHealth};
use model::ingest::IngestReport;
use store::Pools;

use crate::keys::{Gate, KeyRing, Need, gate};
use crate::receive::rpc::Refusal;

mod alert_rules;
mod alerts;
mod balance;
mod bills;
mod budgets;
mod costs;
mod csv;
mod dependencies;
mod events;
mod id;
mod ingest;
mod json;
mod kept;
mod openapi;
mod parameters;
mod prices;
mod problem;
mod repricing;
mod tenant;
pub mod trace;
mod traces;
mod verdicts;

pub use events::Events;
pub use problem::Problem;

/// Longest an answer may take: its statements are cut off before, unless nothing comes back at all.
const ANSWER_MAX: Duration = Duration::from_secs(20);

/// Bytes of a form with a bill: the file, the text pasted beside it, and what surrounds them.
const BILL_FORM_BYTES_MAX: usize = 2 * model::bill::BILL_BYTES_MAX + 65_536;

/// What the endpoints share.
#[derive(Clone)]
pub struct Api {
    pools: Pools,
    now: fn() -> DateTime<Utc>,
    endpoints: Endpoints,
    ingest: Arc<dyn Fn() -> IngestHealth + Send + Sync>,
    ingest_report: Arc<dyn Fn() -> IngestReport + Send + Sync>,
    prices: Arc<dyn PricesInUse>,
    books: Arc<dyn BooksInUse>,
    budgets: Arc<dyn BudgetsInUse>,
    alert_rules: Arc<dyn AlertRulesInUse>,
    layouts: Arc<dyn LayoutsInUse>,
    events: Events,
}

impl Api {
    /// The API over what the pages use too; `events` stays with the caller, who closes it when the server stops.
    pub fn new(services: &Services, events: Events) -> Self {
        Self {
            pools: services.pools.clone(),
            now: services.now,
            endpoints: services.endpoints.clone(),
            ingest: services.ingest.clone(),
            ingest_report: services.ingest_report.clone(),
            prices: services.prices.clone(),
            books: services.books.clone(),
            budgets: services.budgets.clone(),
            alert_rules: services.alert_rules.clone(),
            layouts: services.layouts.clone(),
            events,
        }
    }
}

/// Every endpoint of this folder: method, path, what it needs a key for, handler. `POST /api/v1/traces` is a door and lives in
/// `receive`.
fn endpoints() -> Vec<(&'static str, &'static str, Need, MethodRouter<Api>)> {
    use Need::{Change, Read, ReadOwn};
    vec![
        ("get", "/api/v1/traces", ReadOwn, get(traces::list)),
        ("get", "/api/v1/traces/{trace_id}", ReadOwn, get(trace::show)),
        ("get", "/api/v1/traces/{trace_id}/spans/{span_id}", ReadOwn, get(trace::one_span::show)),
        ("get", "/api/v1/costs", ReadOwn, get(costs::show)),
        ("get", "/api/v1/balance", Read, get(balance::show)),
        ("get", "/api/v1/balance/drift", Read, get(balance::drift::list)),
        ("post", "/api/v1/balance/drift/{trace_id}/{action}", Change, post(balance::drift::say)),
        ("get", "/api/v1/balance/bills", Read, get(balance::bills::show)),
        ("post", "/api/v1/balance/bills/{action}", Change, post(balance::bills::say)),
        ("get", "/api/v1/bills", Read, get(bills::list::list)),
        (
            "post",
            "/api/v1/bills",
            Change,
            post(bills::import::import).layer(DefaultBodyLimit::max(BILL_FORM_BYTES_MAX)),
        ),
        ("delete", "/api/v1/bills/{id}", Change, delete(bills::delete::delete)),
        ("get", "/api/v1/dependencies", ReadOwn, get(dependencies::show)),
        ("get", "/api/v1/alerts", Read, get(alerts::list::list)),
        ("get", "/api/v1/alerts/{id}", Read, get(alerts::show::show)),
        ("get", "/api/v1/alerts/{id}/trend.svg", Read, get(alerts::trend::show)),
        ("post", "/api/v1/alerts/{id}/acknowledge", Change, post(alerts::acknowledge::acknowledge)),
        ("post", "/api/v1/alerts/{id}/snooze", Change, post(alerts::snooze::snooze)),
        ("post", "/api/v1/alerts/{id}/undo", Change, post(alerts::undo::undo)),
        ("post", "/api/v1/alerts/{id}/resolve", Change, post(alerts::resolve::resolve)),
        ("get", "/api/v1/alert-rules", Read, get(alert_rules::list::list)),
        ("post", "/api/v1/alert-rules", Change, post(alert_rules::make::make)),
        ("post", "/api/v1/alert-rules/trial", Change, post(alert_rules::trial::show)),
        ("put", "/api/v1/alert-rules/{id}", Change, put(alert_rules::replace::replace)),
        ("delete", "/api/v1/alert-rules/{id}", Change, delete(alert_rules::delete::delete)),
        ("get", "/api/v1/budgets", ReadOwn, get(budgets::list::list)),
        ("post", "/api/v1/budgets", Change, post(budgets::make::make)),
        ("get", "/api/v1/budgets/{id}", ReadOwn, get(budgets::show::show)),
        ("put", "/api/v1/budgets/{id}", Change, put(budgets::replace::replace)),
        ("delete", "/api/v1/budgets/{id}", Change, delete(budgets::delete::delete)),
        ("get", "/api/v1/budget-changes", Read, get(budgets::changes::list)),
        ("get", "/api/v1/ingest", Read, get(ingest::show)),
        ("get", "/api/v1/prices", Read, get(prices::show)),
        ("get", "/api/v1/prices/unpriced", Read, get(prices::unpriced)),
        ("get", "/api/v1/prices/repricing", Read, get(repricing::list::list)),
        ("post", "/api/v1/prices/repricing", Change, post(repricing::start::start)),
        ("get", "/api/v1/prices/repricing/{id}", Read, get(repricing::show::show)),
        ("post", "/api/v1/prices/repricing/{id}/apply", Change, post(repricing::apply::apply)),
        ("get", "/api/v1/verdicts", Read, get(verdicts::list::list)),
        ("post", "/api/v1/verdicts", Change, post(verdicts::add::add)),
        ("delete", "/api/v1/verdicts/{id}", Change, delete(verdicts::delete::delete)),
        ("post", "/api/v1/verdicts/{id}/settle", Change, post(verdicts::settle::settle)),
        ("get", "/api/v1/events", Read, get(events::stream)),
        ("get", "/api/v1/openapi.json", ReadOwn, get(openapi::show)),
    ]
}

/// The routes, ready to be merged into the server's.
pub fn router(api: Api, keys: &Arc<KeyRing>) -> Router {
    let gate = |need| from_fn_with_state(Gate::new(keys.clone(), need, says_no), gate::pass);
    endpoints()
        .into_iter()
        .fold(Router::new(), |router, (_, path, need, handler)| router.route(path, handler.route_layer(gate(need))))
        .method_not_allowed_fallback(problem::no_such_method)
        .route("/api/v1/{*rest}", any(problem::no_such_endpoint).layer(gate(Need::ReadOwn)))
        .with_state(api)
        .layer(from_fn(in_time))
}

fn says_no(_: &Request, refusal: &Refusal) -> Response {
    Problem::from(refusal.clone()).into_response()
}

/// Answers a question that the database does not, and so gives back the connection it was asked over.
async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_MAX, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::unavailable("the database did not answer in time; try again shortly").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn the_description_names_exactly_the_endpoints_there_are() {
        let document: serde_json::Value = serde_json::from_str(super::openapi::DOCUMENT).expect("valid JSON");
        let paths = document["paths"].as_object().expect("paths");
        let described: BTreeSet<(String, String)> = paths
            .iter()
            .flat_map(|(path, methods)| {
                let methods = methods.as_object().expect("methods");
                methods.keys().map(|method| (method.clone(), path.clone()))
            })
            .collect();
        let mut served: BTreeSet<_> =
            super::endpoints().into_iter().map(|(method, path, ..)| (method.to_owned(), path.to_owned())).collect();
        served.insert(("post".to_owned(), "/api/v1/traces".to_owned()));
        assert_eq!(described, served);
    }
}
