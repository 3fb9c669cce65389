//! Budgets that are made, changed and deleted while the server runs, beside those of a file that changes too.

use app::pages::settings::budgets::save::SaveBudget;
use app::pages::settings::budgets::typed::Typed;
use chrono::{SecondsFormat, Utc};
use leptos::server_fn::ServerFn;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::process::DataFolder;
use crate::server::TestServer;
use crate::traffic::a_trace;

const BUDGETS: &str =
    "trace_limit_usd: none\nbudgets: [{name: Everything, scope: all, period: month, limit_usd: 25}]\n";

async fn with_file(name: &str, budgets: &str) -> (TestServer, DataFolder) {
    let folder = DataFolder::new(name);
    folder.write("budgets.yaml", budgets);
    let server = TestServer::with(|config| config.rules = Some(folder.path().to_owned())).await;
    (server, folder)
}

async fn ask(server: &TestServer, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
    let request = reqwest::Client::new().request(method, format!("{}{path}", server.http)).json(body);
    let response = request.send().await.unwrap();
    let status = response.status();
    (status, serde_json::from_str(&response.text().await.unwrap()).unwrap())
}

fn acme(limit_usd: &str) -> Value {
    let limit: Value = serde_json::from_str(limit_usd).unwrap();
    json!({"name": "Acme", "scope": "tenant acme", "period": "month", "limit_usd": limit, "by": "Robin", "note": "asked for"})
}

fn ids(answer: &Value) -> Vec<String> {
    answer["budgets"].as_array().unwrap().iter().map(|budget| budget["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_is_made_counts_at_once_raises_alarms_and_survives_a_restart() {
    let (server, _folder) = with_file("kept-made", BUDGETS).await;
    server.send(&a_trace(1).costing(0.6).body()).await;
    let (status, made) = server.post("/api/v1/budgets", &acme("1")).await;
    assert_eq!((status, &made["id"], &made["source"]), (StatusCode::CREATED, &json!("acme"), &json!("here")), "{made}");
    assert_eq!((&made["thresholds"], &made["in_force"]), (&json!([50, 80, 100]), &json!(true)));
    assert_eq!(made["burn_rate"], json!({"fast": 14.4, "slow": 3}));
    let told = server.eventually("/api/v1/budgets/acme", |budget| budget["spent_usd"] == json!(0.6)).await;
    assert_eq!((&told["source"], &told["state"], &told["limit_usd"]), (&json!("here"), &json!("near"), &json!(1)));
    server.eventually("/api/v1/alerts?state=firing", |alerts| alerts.to_string().contains("Acme: 50 % spent")).await;
    assert_eq!(server.get("/api/v1/budgets/everything").await["source"], "file");

    let server = server.restart().await;
    let all = server.eventually("/api/v1/budgets", |_| true).await;
    assert_eq!(ids(&all), ["everything", "acme"]);

    let (status, gone) = ask(&server, Method::DELETE, "/api/v1/budgets/acme?by=Ines&note=over", &json!({})).await;
    assert_eq!((status, &gone["action"], &gone["after"]), (StatusCode::OK, &json!("deleted"), &Value::Null), "{gone}");
    assert_eq!(server.try_get("/api/v1/budgets/acme").await.0, StatusCode::NOT_FOUND);
    server.eventually("/api/v1/alerts?state=resolved", |alerts| alerts.to_string().contains("Acme: 50 % spent")).await;
    let changes = server.get("/api/v1/budget-changes?budget=acme").await;
    let said: Vec<_> = changes["changes"].as_array().unwrap().iter().map(|line| (&line["by"], &line["note"])).collect();
    assert_eq!(said, [(&json!("Ines"), &json!("over")), (&json!("Robin"), &json!("asked for"))]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_changed_by_one_at_a_time_and_heard_of_by_another_server() {
    let (server, _folder) = with_file("kept-changed", BUDGETS).await;
    let other = server.beside().await;
    // As text, since a number of so many digits is none of this test's own reader's.
    let exact = acme("1").to_string().replace("\"limit_usd\":1", "\"limit_usd\":9000000.000000000001");
    let request = reqwest::Client::new().post(format!("{}/api/v1/budgets", server.http)).body(exact);
    let made = request.header("content-type", "application/json").send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    other.eventually("/api/v1/budgets/acme", |_| true).await;
    assert!(other.page("/settings/budgets").await.contains("9000000.000000000001 USD, month, of tenant acme"));

    let mut renamed = acme("\"2.5\"");
    renamed["name"] = json!("Acme Robotics");
    renamed["version"] = json!(1);
    let (status, changed) = ask(&other, Method::PUT, "/api/v1/budgets/acme", &renamed).await;
    assert_eq!((status, &changed["id"], &changed["version"]), (StatusCode::OK, &json!("acme-robotics"), &json!(2)));
    let told = server.eventually("/api/v1/budgets/acme-robotics", |_| true).await;
    assert_eq!(told["limit_usd"], json!(2.5));
    server.eventually("/api/v1/budgets", |all| ids(all) == ["everything", "acme-robotics"]).await;

    let (status, problem) = ask(&server, Method::PUT, "/api/v1/budgets/acme-robotics", &renamed).await;
    assert_eq!((status, &problem["by"], &problem["version"]), (StatusCode::CONFLICT, &json!("Robin"), &json!(2)));
    let (status, _) = ask(&server, Method::PUT, "/api/v1/budgets/acme", &renamed).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, problem) = ask(&server, Method::PUT, "/api/v1/budgets/everything", &renamed).await;
    assert!(status == StatusCode::CONFLICT && problem.to_string().contains("budgets.yaml"), "{problem}");
    other.finish().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_stand_is_told_field_by_field() {
    let (server, _folder) = with_file("kept-refused", BUDGETS).await;
    let wrong = json!({"name": "Acme", "scope": "everybody", "period": "month", "limit_usd": "$5", "thresholds": [0]});
    let (status, problem) = server.post("/api/v1/budgets", &wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["scope", "limit_usd", "thresholds", "by"]);
    assert!(problem["detail"].as_str().unwrap().starts_with("`scope`: expected a scope: all"), "{problem}");
    let (status, _) = server.post("/api/v1/budgets", &json!({"colour": "red"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(server.post("/api/v1/budgets", &acme("1")).await.0, StatusCode::CREATED);
    let (status, problem) = server.post("/api/v1/budgets", &acme("2")).await;
    assert_eq!((status, &problem["field"]), (StatusCode::CONFLICT, &json!("name")));
    let (status, problem) = ask(&server, Method::DELETE, "/api/v1/budgets/acme", &json!({})).await;
    assert!(status == StatusCode::BAD_REQUEST && problem.to_string().contains("say who"), "{problem}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_file_is_taken_over_a_broken_one_keeps_the_old_and_its_names_win() {
    let (server, folder) = with_file("kept-file", BUDGETS).await;
    assert_eq!(server.post("/api/v1/budgets", &acme("1")).await.0, StatusCode::CREATED);
    let with_acme = "budgets: [{name: ACME, scope: tenant acme, period: day, limit_usd: 7}]";
    folder.write("budgets.yaml", with_acme);
    let told = server.eventually("/api/v1/budgets/acme", |budget| budget["source"] == "file").await;
    assert_eq!((&told["limit_usd"], &told["period"]), (&json!(7), &json!("day")));
    let page = server.page("/settings/budgets").await;
    assert!(page.contains("It does not count") && page.contains("read-only, from"), "{page}");
    assert_eq!(server.get("/api/v1/budgets").await["trace_limit_usd"], json!(0.01), "what the file no longer says");

    folder.write("budgets.yaml", "budgets: [{name: ACME, limit_usd: 8}]");
    let waiting = async {
        while !server.page("/settings/budgets").await.contains("The file of budgets cannot be used") {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), waiting).await.unwrap();
    assert!(server.page("/settings/budgets").await.contains("missing field `scope`"));
    assert_eq!(server.get("/api/v1/budgets/acme").await["limit_usd"], json!(7));

    folder.write("budgets.yaml", "budgets: []");
    let told = server.eventually("/api/v1/budgets/acme", |budget| budget["source"] == "here").await;
    assert_eq!(told["limit_usd"], json!(1), "it counts as soon as the file lets it");
    server.stop().await;
}

/// Spend of a cent at the beginning of each of the last hours.
async fn a_cent_an_hour(server: &TestServer, hours: i64) {
    let hour = Utc::now().timestamp().div_euclid(3_600);
    let time = |seconds: i64| {
        let time = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
        time.to_rfc3339_opts(SecondsFormat::Millis, true)
    };
    let traces = (1..=hours).map(|before| {
        let start = (hour - before) * 3_600;
        json!({"trace_id": format!("{:032x}", before + (1 << 40)), "spans": [{
            "span_id": format!("{:016x}", 1), "parent_span_id": null, "operation_name": "work", "service": "steady",
            "tenant": "acme", "start_time": time(start), "end_time": time(start + 1), "attributes": {"cost_usd": 0.01}}]})
    });
    server.send(&json!(traces.collect::<Vec<_>>())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forecast_is_made_in_the_background_and_told_with_its_band_and_what_it_is_of() {
    let (server, _folder) = with_file("kept-forecast", BUDGETS).await;
    let path = "/api/v1/budgets/everything";
    let before = server.eventually(path, |budget| budget["forecast_problem"].to_string().contains("nothing was")).await;
    assert_eq!((&before["forecast_usd"], &before["forecast_method"]), (&Value::Null, &Value::Null), "{before}");
    a_cent_an_hour(&server, 21 * 24).await;
    let told = server.eventually(path, |budget| budget["forecast_usd"].is_number()).await;
    assert_eq!((&told["forecast_method"], &told["forecast_problem"]), (&json!("seasonal by week"), &Value::Null));
    assert_eq!(told["forecast_history"], "21 days of hourly spend");
    let [spent, low, expected, high] = ["spent_usd", "forecast_low_usd", "forecast_usd", "forecast_high_usd"]
        .map(|name| told[name].as_f64().unwrap_or_else(|| panic!("{name}: {told}")));
    assert!(spent <= low && low <= expected && expected <= high, "{told}");
    let now: chrono::DateTime<Utc> = told["as_of"].as_str().unwrap().parse().unwrap();
    let end: chrono::DateTime<Utc> = told["period_end"].as_str().unwrap().parse().unwrap();
    let to_come = (end - now).num_seconds() as f64 / 3_600.0 * 0.01;
    assert!((expected - spent - to_come).abs() < 0.02, "{expected} is {spent} and {to_come}");
    let page = server.page("/costs").await;
    assert!(page.contains("from 21 days of hourly spend, seasonal by week"), "{page}");

    let rolling = json!({"name": "Rolling", "scope": "all", "period": "rolling 7d", "limit_usd": 1, "by": "Robin"});
    assert_eq!(server.post("/api/v1/budgets", &rolling).await.0, StatusCode::CREATED);
    let told = server.eventually("/api/v1/budgets/rolling", |_| true).await;
    assert_eq!(told["forecast_problem"], "no forecast: a rolling window has no end");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_the_page_makes_a_budget_and_keeps_what_was_typed_when_it_cannot() {
    let (server, _folder) = with_file("kept-form", BUDGETS).await;
    let fields = |limit| {
        [
            ("name", "Acme"),
            ("scope", "tenant"),
            ("owner", "acme"),
            ("period", "month"),
            ("limit_usd", limit),
            ("by", "Robin"),
        ]
    };
    let as_a_browser = [("accept", "text/html"), ("referer", "/settings/budgets")];
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let send = async |limit: &'static str, headers: &[(&str, &str)]| {
        let body: Vec<_> = fields(limit).map(|(name, value)| format!("typed[{name}]={value}")).into();
        let request = client.post(format!("{}{}", server.http, SaveBudget::PATH)).body(body.join("&"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send().await.unwrap()
    };
    let refused = send("much", &as_a_browser).await;
    let place = refused.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(refused.status(), StatusCode::FOUND);
    let expected = Typed::from_query(|name| {
        let typed = [("sent", "1"), ("name", "Acme"), ("scope", "tenant"), ("owner", "acme"), ("period", "month")];
        let typed = typed.into_iter().chain([("limit_usd", "much"), ("by", "Robin")]);
        typed.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
    });
    assert_eq!(place, expected.href());
    let page = server.page(&place).await;
    for words in ["expected an amount of US dollars above 0", "value=\"much\"", "value=\"acme\"", "value=\"Robin\""] {
        assert!(page.contains(words), "{words}: {page}");
    }

    let foreign = send("40", &[("accept", "text/html"), ("origin", "https://evil.example")]).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert_eq!(ids(&server.eventually("/api/v1/budgets", |_| true).await), ["everything"]);
    let made = send("40", &as_a_browser).await;
    let place = made.headers()["location"].to_str().unwrap().to_owned();
    let page = server.page(&place).await;
    assert!(page.contains("Robin made the budget “Acme”.") && page.contains("made here, by Robin"), "{page}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_budgets_can_be_made_and_all_are_told_of() {
    let (server, _folder) = with_file("kept-many", BUDGETS).await;
    a_cent_an_hour(&server, 100).await;
    for number in 0..100 {
        let mut budget = acme("1");
        budget["name"] = json!(format!("Budget {number}"));
        assert_eq!(server.post("/api/v1/budgets", &budget).await.0, StatusCode::CREATED, "{number}");
    }
    let (status, problem) = server.post("/api/v1/budgets", &acme("1")).await;
    assert!(status == StatusCode::CONFLICT && problem.to_string().contains("no more"), "{problem}");
    let known = server.eventually("/api/v1/budgets", |all| ids(all).len() == 101).await;
    assert_eq!(known["more"], false);
    server.stop().await;
}
