//! Spend taken apart through the real server: by two things, by attributes, beside the period before, as files, on pages.

use chrono::{SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::server::TestServer;

/// A span of its own trace that began some minutes ago.
fn a_span(trace: u64, minutes_ago: i64, tenant: Option<&str>, cost: &str, attributes: Value) -> Value {
    let at = |seconds: i64| {
        let time = Utc::now() - TimeDelta::minutes(minutes_ago) + TimeDelta::seconds(seconds);
        time.to_rfc3339_opts(SecondsFormat::Nanos, true)
    };
    let mut all = json!({"cost_usd": cost});
    all.as_object_mut().unwrap().extend(attributes.as_object().unwrap().clone());
    json!({"trace_id": format!("{trace:032x}"), "span_id": format!("{trace:016x}"), "operation_name": "work",
           "service": "agents", "tenant": tenant, "start_time": at(0), "end_time": at(1), "attributes": all})
}

fn call(model: &str, user: &str, region: &str) -> Value {
    json!({"gen_ai.request.model": model, "user.id": user, "region": region})
}

/// Spend of two tenants and nobody, now and in the hour before the last two.
async fn some_spend(server: &TestServer) {
    let failed = |mut span: Value| {
        span["status"] = json!("error");
        span
    };
    let spans = vec![
        a_span(1, 5, Some("acme"), "0.5", call("gpt-4o", "ada", "eu")),
        a_span(2, 6, Some("acme"), "0.25", call("haiku", "ada", "us")),
        failed(a_span(3, 7, Some("=beta,\"x\""), "0.125", call("gpt-4o", "bob", "eu"))),
        a_span(4, 8, None, "0.000000000001", json!({})),
        a_span(5, 70, Some("gone"), "2", call("gpt-4o", "ada", "eu")),
    ];
    server.send(&json!({"spans": spans})).await;
}

/// The keys of every group with what it cost now and before.
fn lines(costs: &Value) -> Vec<(Value, Value, Value)> {
    let groups = costs["groups"].as_array().unwrap();
    let key = |group: &Value| if group["keys"].is_null() { group["key"].clone() } else { group["keys"].clone() };
    groups.iter().map(|group| (key(group), group["cost_usd"].clone(), group["previous_cost_usd"].clone())).collect()
}

/// The page at a path, as HTML.
async fn page(server: &TestServer, path: &str) -> String {
    let answer = reqwest::get(format!("{}{path}", server.http)).await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.unwrap()
}

async fn refused(server: &TestServer, query: &str) -> String {
    let answer = reqwest::get(format!("{}/api/v1/costs?{query}", server.http)).await.unwrap();
    assert_eq!(answer.status(), 400, "{query}");
    answer.json::<Value>().await.unwrap()["detail"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn spend_is_taken_apart_by_two_things_and_by_attributes() {
    let server = TestServer::start().await;
    some_spend(&server).await;
    let by = async |query: &str| server.get(&format!("/api/v1/costs?from=-1h&group_by={query}")).await;
    let one = by("tenant").await;
    assert_eq!(one["groups"][0]["key"], "acme");
    assert!(one["groups"][0].get("keys").is_none() && one["groups"][0].get("previous_cost_usd").is_none());
    let total = one["total_cost_usd"].clone();
    let pairs = by("tenant,model").await;
    let beta = "=beta,\"x\"";
    assert_eq!(
        lines(&pairs),
        [
            (json!(["acme", "gpt-4o"]), json!(0.5), Value::Null),
            (json!(["acme", "haiku"]), json!(0.25), Value::Null),
            (json!([beta, "gpt-4o"]), json!(0.125), Value::Null),
            (json!([null, null]), json!(1e-12), Value::Null),
        ]
    );
    let users = by("model,user").await;
    assert_eq!(lines(&users)[0], (json!(["gpt-4o", "ada"]), json!(0.5), Value::Null));
    let regions = by("attribute:region").await;
    assert_eq!(lines(&regions)[0], (json!("eu"), json!(0.625), Value::Null));
    let few = by("tenant,attribute:region&limit=1").await;
    assert_eq!((&few["groups"][0]["keys"], &few["others"]["groups"]), (&json!(["acme", "eu"]), &json!(3)));
    for answer in [pairs, users, regions, few] {
        assert_eq!(answer["total_cost_usd"], total, "{answer}");
        assert!(answer.get("unread").is_none());
    }
    let of_acme = by("model&tenant=acme").await;
    assert_eq!(of_acme["total_cost_usd"], json!(0.75));
    assert_eq!(by("tenant&user=ada").await["total_cost_usd"], json!(0.75));
    assert_eq!(by("model&without=tenant").await["total_cost_usd"], json!(1e-12));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_spans_know_is_refused_over_more_than_a_day() {
    let server = TestServer::start().await;
    for by in ["model,user", "attribute:region", "tenant,attribute:region"] {
        let words = refused(&server, &format!("from=-25h&group_by={by}")).await;
        assert!(words.contains("read from the spans themselves, over at most 24 hours"), "{words}");
    }
    assert!(refused(&server, "group_by=tenant,tenant").await.contains("two different ones"));
    assert!(refused(&server, "group_by=tenant&traces=true&group_by=user").await.contains("only with group_by=tenant"));
    server.get("/api/v1/costs?from=-300d&group_by=tenant,user&compare=previous").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_period_before_is_told_for_every_group_and_for_those_that_vanished() {
    let server = TestServer::start().await;
    some_spend(&server).await;
    for by in ["tenant", "attribute:region", "model,user"] {
        let costs = server.get(&format!("/api/v1/costs?from=-1h&group_by={by}&compare=previous")).await;
        assert_eq!(costs["previous_total_cost_usd"], json!(2), "{by}");
        let sum: f64 = lines(&costs).iter().filter_map(|(_, _, before)| before.as_f64()).sum();
        assert!((sum - 2.0).abs() < 1e-9, "{costs}");
    }
    let costs = server.get("/api/v1/costs?from=-1h&group_by=tenant&compare=previous").await;
    assert_eq!(*lines(&costs).last().unwrap(), (json!("gone"), json!(0), json!(2)));
    let page = page(&server, "/costs?from=-1h&group_by=tenant").await;
    assert!(page.contains("/costs/tenant/gone") && page.contains("\u{2212}100%"), "the page shows it too");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breakdown_is_a_file_with_exact_figures_and_no_formulas() {
    let server = TestServer::start().await;
    some_spend(&server).await;
    let answer = reqwest::get(format!(
        "{}/api/v1/costs?from=-1h&group_by=tenant&compare=previous&traces=true&format=csv",
        server.http
    ));
    let answer = answer.await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/csv; charset=utf-8; header=present");
    let name = header("content-disposition");
    assert!(
        name.starts_with("attachment; filename=\"tracetab-costs-by-tenant-20") && name.ends_with("Z.csv\""),
        "{name}"
    );
    let text = answer.text().await.unwrap();
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(
        rows[0],
        "row,from_utc,to_utc,tenant,cost_usd,previous_cost_usd,span_count,error_count,unpriced_span_count,tokens_in,\
         tokens_out,trace_count,trace_cost_usd"
    );
    assert!(rows[1].starts_with("group,20") && rows[1].ends_with(",acme,0.75,0,2,0,0,0,0,2,0.75"), "{}", rows[1]);
    assert!(rows[2].ends_with(",\"'=beta,\"\"x\"\"\",0.125,0,1,1,0,0,0,1,0.125"), "{}", rows[2]);
    assert!(rows[3].ends_with(",,0.000000000001,0,1,0,0,0,0,1,0.000000000001"), "{}", rows[3]);
    assert!(rows[4].ends_with(",gone,0,2,0,0,0,0,0,0,0"), "{}", rows[4]);
    assert!(rows[5].starts_with("total,") && rows[5].contains(",,0.875000000001,2,4,1,"), "{}", rows[5]);
    let series = format!("{}/api/v1/costs?from=-1h&group_by=tenant&bucket=1h&limit=1&format=csv-series", server.http);
    let series = reqwest::get(series).await.unwrap().text().await.unwrap();
    assert!(series.starts_with("from_utc,to_utc,acme (USD),"), "{series}");
    assert!(series.lines().next().unwrap().ends_with(" others (USD),total_usd"), "{series}");
    let json = reqwest::get(format!("{}/api/v1/costs?from=-1h&format=json", server.http)).await.unwrap();
    assert!(json.headers()["content-disposition"].to_str().unwrap().ends_with("Z.json\""));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_that_spends_has_a_page_and_so_has_what_nobody_owns() {
    let server = TestServer::start().await;
    some_spend(&server).await;
    for (path, words) in [
        ("/costs/tenant/acme?from=-1h", &["$0.750", "gpt-4o", "haiku", "ada", "Spent on failures", "Its budgets"][..]),
        ("/costs/tenant/%3Dbeta%2C%22x%22?from=-1h", &["$0.125", "1 failed trace"]),
        ("/costs/tenant?from=-1h", &["unattributed", "$0.000000000001"]),
        ("/costs/user/ada?from=-14d", &["acme", "gone", "last 24 h of the range"]),
        ("/costs/model/gpt-4o?from=-1h", &["$0.625", "ada", "bob"]),
        ("/costs/service/agents", &["agents"]),
        ("/costs/data_tag/EXPORT_OK", &["EXPORT_OK"]),
        ("/costs/user/nobody%2Fat%20all?from=-1h", &["nobody/at all", "Nothing was spent"]),
        ("/costs/user?key=..&from=-1h", &[".."]),
    ] {
        let page = page(&server, path).await;
        for word in words {
            assert!(page.contains(word), "{path}: {word}\n{page}");
        }
    }
    let nothing = reqwest::get(format!("{}/costs/planet/earth", server.http)).await.unwrap();
    assert_eq!(nothing.status(), 400);
    // Figures lead to traces, which can be looked for by everything a page is of.
    let traces = server.get("/api/v1/traces?from=-1h&without=tenant").await;
    assert_eq!(traces["total"]["traces"], 1);
    server.stop().await;
}
