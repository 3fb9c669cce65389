//! What a key may read: everything, what is one tenant's, or nothing.

use app::islands::balance::LoadDrift;
use app::pages::alerts::act::HoldAlert;
use leptos::server_fn::ServerFn;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{ACME, ACME_READ, ALL, INGEST, Locked, READ};
use crate::hostile::door::Door;
use crate::hostile::sent::Sent;
use crate::server::TestServer;

/// What a key of a tenant is let in to. A new endpoint is not among these, and closed, until somebody opens it.
const OWN: [&str; 8] = [
    "/api/v1/traces",
    "/api/v1/traces/{trace_id}",
    "/api/v1/traces/{trace_id}/spans/{span_id}",
    "/api/v1/costs",
    "/api/v1/dependencies",
    "/api/v1/budgets",
    "/api/v1/budgets/{id}",
    "/api/v1/openapi.json",
];

const BUDGETS: &str = "
budgets:
  - {name: Everything, scope: all, period: day, limit_usd: 1}
  - {name: Each tenant, scope: each tenant, period: day, limit_usd: 1}
  - {name: Of beta, scope: tenant beta, period: day, limit_usd: 1}
";

async fn status(server: &TestServer, method: &str, key: &str, path: &str) -> StatusCode {
    let method = reqwest::Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let request = reqwest::Client::new().request(method, format!("{}{path}", server.http)).header("x-api-key", key);
    request.header("content-type", "application/json").body("{}").send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_is_closed_to_those_who_may_not() {
    let locked = Locked::new("endpoints");
    let server = locked.server().await;
    let described = server.get("/api/v1/openapi.json").await;
    for (path, methods) in described["paths"].as_object().unwrap() {
        let address =
            path.replace("{id}", "1").replace("{trace_id}", &"7".repeat(32)).replace("{span_id}", &"7".repeat(16));
        for method in methods.as_object().unwrap().keys() {
            let of = async |key: &str| status(&server, method, key, &address).await;
            assert_eq!(of("").await, StatusCode::UNAUTHORIZED, "{method} {path}");
            assert_eq!(of("tt_wrong").await, StatusCode::UNAUTHORIZED, "{method} {path}");
            let sends = method == "post" && path == "/api/v1/traces";
            if !sends {
                assert_eq!(of(INGEST).await, StatusCode::FORBIDDEN, "{method} {path}: it may send");
            }
            if method != "get" {
                assert_eq!(of(READ).await, StatusCode::FORBIDDEN, "{method} {path}: it may read");
            } else {
                let closed = of(ACME_READ).await == StatusCode::FORBIDDEN;
                assert_eq!(closed, !OWN.contains(&path.as_str()), "{method} {path}: it is of one tenant");
                assert_ne!(of(READ).await, StatusCode::FORBIDDEN, "{method} {path}");
            }
        }
    }
    for path in ["/", "/traces", "/settings", "/costs", "/nowhere", "/metrics"] {
        for (key, expected) in [("", 401), (INGEST, 403), (ACME_READ, 403)] {
            assert_eq!(status(&server, "get", key, path).await, expected, "{path} with {key:?}");
        }
    }
    assert_eq!(status(&server, "get", READ, "/metrics").await, StatusCode::OK);
    assert_eq!(status(&server, "get", READ, "/").await, StatusCode::OK);
    assert_eq!(
        status(&server, "post", ALL, "/api/v1/alerts/1/acknowledge").await,
        422,
        "it may change, and says nothing"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_functions_are_closed_like_the_pages_they_belong_to() {
    let locked = Locked::new("functions");
    let server = locked.server().await;
    for (key, expected) in [("", 401), (INGEST, 403), (ACME_READ, 403)] {
        assert_eq!(server.submit(LoadDrift::PATH, &[], &[("x-api-key", key)]).await.status(), expected, "{key:?}");
    }
    assert!(server.submit(LoadDrift::PATH, &[], &[("x-api-key", READ)]).await.status().is_success());
    let hold = [("id", "1"), ("by", "Robin"), ("note", ""), ("until", "+1h"), ("action", "acknowledge")];
    let refused = server.submit(HoldAlert::PATH, &hold, &[("x-api-key", READ)]).await;
    let words = refused.text().await.unwrap();
    assert!(words.contains("Forbidden") && words.contains("read"), "it may read, and not take alerts: {words}");
    let taken = server.submit(HoldAlert::PATH, &hold, &[("x-api-key", ALL)]).await;
    assert!(taken.text().await.unwrap().contains("NotFound"), "there is none to take");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_key_reads_its_own_space_and_its_own_spans_of_the_shared_one() {
    let locked = Locked::new("own");
    locked.write_file("budgets.yaml", BUDGETS);
    let server = locked.server().await;
    let shared = [
        Sent { service: "secret".into(), ..Sent::new(1, 1).with("tenant", "beta") },
        Sent::new(1, 2).under(1).with("tenant", "acme"),
        Sent::new(2, 1).with("tenant", "beta"),
    ];
    let headers = |key| [("content-type", Door::Native.content_type()), ("x-api-key", key)];
    Door::Native.post_with(&server, &headers(INGEST), Door::Native.body(&shared)).await;
    Door::Native.post_with(&server, &headers(ACME), Door::Native.body(&[Sent::new(3, 1)])).await;

    let own = async |path: &str| server.get_as(ACME_READ, &format!("/api/v1/{path}")).await;
    let trace = own(&format!("traces/{:032x}", 1)).await;
    assert_eq!((&trace["span_count"], &trace["withheld_span_count"]), (&json!(1), &json!(1)), "{trace}");
    assert_eq!(trace["spans"].as_array().unwrap().len(), 1);
    assert_eq!(trace["total_cost_usd"], json!(0.001));
    assert!(trace["partial"].to_string().contains("1 spans are of other tenants"), "{trace}");
    assert!(!trace.to_string().contains("secret"));
    let (status, _) = server.try_get_as(ACME_READ, &format!("/api/v1/traces/{:032x}", 2)).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "that there is one is nobody else's business");

    for (span, expected) in [(1, StatusCode::NOT_FOUND), (2, StatusCode::OK)] {
        let path = format!("/api/v1/traces/{:032x}/spans/{span:016x}", 1);
        assert_eq!(server.try_get_as(ACME_READ, &path).await.0, expected, "span {span}");
    }

    let list = own("traces").await;
    assert_eq!((&list["total"]["traces"], &list["total"]["cost_usd"]), (&json!(2), &json!(0.002)), "{list}");
    assert_eq!(own("traces?service=secret").await["total"]["traces"], 0);
    let costs = server.eventually("/api/v1/costs?group_by=service", |costs| costs["span_count"] == 4).await;
    assert_eq!(costs["groups"].as_array().unwrap().len(), 2);
    let costs = own("costs?group_by=service").await;
    assert_eq!((&costs["total_cost_usd"], costs["groups"].as_array().unwrap().len()), (&json!(0.002), 1), "{costs}");
    assert!(!own("dependencies").await.to_string().contains("secret"));
    server.eventually("/api/v1/budgets", |budgets| budgets["budgets"].as_array().unwrap().len() >= 4).await;
    let budgets = own("budgets").await;
    let ids: Vec<&Value> = budgets["budgets"].as_array().unwrap().iter().map(|budget| &budget["id"]).collect();
    assert_eq!(ids, [&json!("each-tenant:acme")]);
    assert_eq!(server.try_get_as(ACME_READ, "/api/v1/budgets/of-beta").await.0, StatusCode::NOT_FOUND);

    for path in ["traces?tenant=beta", "costs?tenant=beta", "dependencies?tenant=beta", "budgets?tenant=beta"] {
        let (status, problem) = server.try_get_as(ACME_READ, &format!("/api/v1/{path}")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {problem}");
    }
    for path in ["traces?tenant=acme", "costs?tenant=acme"] {
        own(path).await;
    }
    let (status, _) = server.try_get_as(ACME_READ, &format!("/api/v1/traces/{:032x}?tenant=beta", 1)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    server.stop().await;
}
